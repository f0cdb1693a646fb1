// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// open() takes no reference at all.

#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct port {
	struct kref ref;
	int minor;
};

static DEFINE_IDR(port_idr);
static DEFINE_MUTEX(port_lock);

static void port_free(struct kref *ref)
{
	kfree(container_of(ref, struct port, ref));
}

static int port_open(struct inode *inode, struct file *file)
{
	struct port *port;

	mutex_lock(&port_lock);
	port = idr_find(&port_idr, iminor(inode));
	mutex_unlock(&port_lock);
	if (!port)
		return -ENODEV;
	file->private_data = port;
	// expected-warning@-1{{'port_open' keeps 'struct port' without a reference, and 'port_remove' puts the last one while the file is open}}
	return 0;
}

static int port_release(struct inode *inode, struct file *file)
{
	struct port *port = file->private_data;

	port->minor = -1;
	return 0;
}

static const struct file_operations port_fops = {
	.owner = THIS_MODULE,
	.open = port_open,
	.release = port_release,
};

static int port_probe(struct platform_device *pdev)
{
	struct port *port = kzalloc(sizeof(*port), GFP_KERNEL);

	if (!port)
		return -ENOMEM;
	kref_init(&port->ref);
	platform_set_drvdata(pdev, port);
	mutex_lock(&port_lock);
	port->minor = idr_alloc(&port_idr, port, 0, 0, GFP_KERNEL);
	mutex_unlock(&port_lock);
	return __register_chrdev(240, port->minor, 1, "port", &port_fops);
}

static void port_remove(struct platform_device *pdev)
{
	struct port *port = platform_get_drvdata(pdev);

	__unregister_chrdev(240, port->minor, 1, "port");
	mutex_lock(&port_lock);
	idr_remove(&port_idr, port->minor);
	mutex_unlock(&port_lock);
	kref_put(&port->ref, port_free);
}

static struct platform_driver port_driver = {
	.probe = port_probe,
	.remove = port_remove,
	.driver = { .name = "port" },
};
module_platform_driver(port_driver);
