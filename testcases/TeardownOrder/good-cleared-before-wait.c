// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// remove() waits until files are closed, but what it frees before, it clears under the lock that operations ask under.

#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/refcount.h>
#include <linux/rwsem.h>
#include <linux/slab.h>

struct foo {
	struct miscdevice misc;
	struct rw_semaphore gate;
	int *table;
	refcount_t users;
	struct completion closed;
};

static int foo_open(struct inode *inode, struct file *file)
{
	struct foo *foo = container_of(file->private_data, struct foo, misc);

	refcount_inc(&foo->users);
	file->private_data = foo;
	return 0;
}

static int foo_release(struct inode *inode, struct file *file)
{
	struct foo *foo = file->private_data;

	if (refcount_dec_and_test(&foo->users))
		complete(&foo->closed);
	return 0;
}

static long foo_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct foo *foo = file->private_data;
	long ret = -ENODEV;

	down_read(&foo->gate);
	if (foo->table)
		ret = foo->table[0];
	up_read(&foo->gate);
	return ret;
}

static const struct file_operations foo_fops = {
	.owner = THIS_MODULE,
	.open = foo_open,
	.release = foo_release,
	.unlocked_ioctl = foo_ioctl,
};

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	init_rwsem(&foo->gate);
	refcount_set(&foo->users, 1);
	init_completion(&foo->closed);
	foo->table = kzalloc(64, GFP_KERNEL);
	if (!foo->table) {
		kfree(foo);
		return -ENOMEM;
	}
	foo->misc.fops = &foo_fops;
	platform_set_drvdata(pdev, foo);
	return misc_register(&foo->misc);
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	misc_deregister(&foo->misc);
	down_write(&foo->gate);
	kfree(foo->table);
	foo->table = NULL;
	up_write(&foo->gate);
	if (refcount_dec_and_test(&foo->users))
		complete(&foo->closed);
	wait_for_completion(&foo->closed);
	kfree(foo);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
