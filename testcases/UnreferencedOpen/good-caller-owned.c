// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The open file has a reference on the object's device, whose release frees it.

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>

struct relay {
	struct device dev;
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
	get_device(&f->relay->dev);
	file->private_data = f;
	return 0;
}

static int relay_release(struct inode *inode, struct file *file)
{
	struct relay_file *f = file->private_data;

	put_device(&f->relay->dev);
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
	return cdev_device_add(&relay->cdev, &relay->dev);
}
EXPORT_SYMBOL_GPL(relay_register);

void relay_unregister(struct relay *relay)
{
	cdev_device_del(&relay->cdev, &relay->dev);
}
EXPORT_SYMBOL_GPL(relay_unregister);

MODULE_LICENSE("GPL");
