// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-fences | FileCheck %s
//
// Shape S8: what takes the device away on request refuses while a file is open.
//
// CHECK-DAG: "shape":"S8"
// CHECK-DAG: "struct":"foo"
// CHECK-DAG: "lock":"users"
// CHECK-DAG: "teardown":"foo_detach"

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

struct foo {
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects users */
	int users;
};

static int foo_open(struct inode *inode, struct file *file)
{
	struct foo *foo = container_of(file->private_data, struct foo, misc);

	mutex_lock(&foo->lock);
	foo->users++;
	mutex_unlock(&foo->lock);
	file->private_data = foo;
	return 0;
}

static int foo_release(struct inode *inode, struct file *file)
{
	struct foo *foo = file->private_data;

	mutex_lock(&foo->lock);
	foo->users--;
	mutex_unlock(&foo->lock);
	return 0;
}

static long foo_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct foo *foo = file->private_data;

	writel(arg, foo->base);
	return 0;
}

static const struct file_operations foo_fops = {
	.owner = THIS_MODULE,
	.open = foo_open,
	.release = foo_release,
	.unlocked_ioctl = foo_ioctl,
};

int foo_attach(struct foo *foo)
{
	mutex_init(&foo->lock);
	foo->misc.fops = &foo_fops;
	return misc_register(&foo->misc);
}
EXPORT_SYMBOL_GPL(foo_attach);

int foo_detach(struct foo *foo)
{
	mutex_lock(&foo->lock);
	if (foo->users) {
		mutex_unlock(&foo->lock);
		return -EBUSY;
	}
	misc_deregister(&foo->misc);
	mutex_unlock(&foo->lock);
	iounmap(foo->base);
	kfree(foo);
	return 0;
}
EXPORT_SYMBOL_GPL(foo_detach);
