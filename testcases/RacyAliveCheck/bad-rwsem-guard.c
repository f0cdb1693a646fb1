// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The read lock is dropped before the register is read.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct tape {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct rw_semaphore sem;	/* base is NULL once the device is gone */
};

static void tape_free(struct kref *ref)
{
	kfree(container_of(ref, struct tape, ref));
}

static int tape_open(struct inode *inode, struct file *file)
{
	struct tape *tape = container_of(file->private_data, struct tape, misc);

	kref_get(&tape->ref);
	file->private_data = tape;
	return 0;
}

static int tape_release(struct inode *inode, struct file *file)
{
	struct tape *tape = file->private_data;

	kref_put(&tape->ref, tape_free);
	return 0;
}

static long tape_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct tape *tape = file->private_data;
	u32 val;

	scoped_guard(rwsem_read, &tape->sem)
		if (!tape->base)
			return -ENODEV;
	val = ioread32(tape->base);
	// expected-warning@-1{{drops 'sem' between the test of 'base' and}}
	return put_user(val, (u32 __user *)arg);
}

static const struct file_operations tape_fops = {
	.owner = THIS_MODULE,
	.open = tape_open,
	.release = tape_release,
	.unlocked_ioctl = tape_ioctl,
};

static int tape_probe(struct platform_device *pdev)
{
	struct tape *tape;
	int ret;

	tape = kzalloc(sizeof(*tape), GFP_KERNEL);
	if (!tape)
		return -ENOMEM;
	kref_init(&tape->ref);
	init_rwsem(&tape->sem);
	tape->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(tape->base)) {
		ret = PTR_ERR(tape->base);
		goto err_put;
	}
	tape->misc.minor = MISC_DYNAMIC_MINOR;
	tape->misc.name = "tape";
	tape->misc.fops = &tape_fops;
	tape->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, tape);
	ret = misc_register(&tape->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&tape->ref, tape_free);
	return ret;
}

static void tape_remove(struct platform_device *pdev)
{
	struct tape *tape = platform_get_drvdata(pdev);

	misc_deregister(&tape->misc);
	scoped_guard(rwsem_write, &tape->sem)
		tape->base = NULL;
	kref_put(&tape->ref, tape_free);
}

static struct platform_driver tape_driver = {
	.probe = tape_probe,
	.remove = tape_remove,
	.driver = {
		.name = "tape",
	},
};
module_platform_driver(tape_driver);

MODULE_DESCRIPTION("tape");
MODULE_LICENSE("GPL");
