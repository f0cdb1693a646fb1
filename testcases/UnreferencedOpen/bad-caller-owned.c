// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The object belongs to the driver that registered it, and is its own again when
// relay_unregister() has returned.

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>

struct relay {
	struct device *dev;
	struct cdev cdev;
	int state;
};

struct relay_file {
	struct relay *relay;
};

int relay_register(struct relay *relay);
void relay_unregister(struct relay *relay);

static int relay_open(struct inode *inode, struct file *file)
{
	struct relay_file *f = kzalloc(sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	f->relay = container_of(inode->i_cdev, struct relay, cdev);
	// expected-warning@-1{{'relay_open' keeps 'struct relay' without a reference, and 'relay_unregister' gives it back to its owner while the file is open}}
	file->private_data = f;
	return 0;
}

static int relay_release(struct inode *inode, struct file *file)
{
	struct relay_file *f = file->private_data;

	kfree(f);
	return 0;
}

static const struct file_operations relay_fops = {
	.owner = THIS_MODULE,
	.open = relay_open,
	.release = relay_release,
};

int relay_register(struct relay *relay)
{
	cdev_init(&relay->cdev, &relay_fops);
	return cdev_add(&relay->cdev, 0, 1);
}
EXPORT_SYMBOL_GPL(relay_register);

void relay_unregister(struct relay *relay)
{
	cdev_del(&relay->cdev);
}
EXPORT_SYMBOL_GPL(relay_unregister);

MODULE_LICENSE("GPL");
