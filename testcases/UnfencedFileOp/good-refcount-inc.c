// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Shape S4: the reference is only taken while the count is not zero.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/wait.h>

struct accel {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	refcount_t active;
	wait_queue_head_t idle;
};

static void accel_free(struct kref *ref)
{
	kfree(container_of(ref, struct accel, ref));
}

static int accel_open(struct inode *inode, struct file *file)
{
	struct accel *accel = container_of(file->private_data, struct accel, misc);

	kref_get(&accel->ref);
	file->private_data = accel;
	return 0;
}

static int accel_release(struct inode *inode, struct file *file)
{
	struct accel *accel = file->private_data;

	kref_put(&accel->ref, accel_free);
	return 0;
}

static long accel_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct accel *accel = file->private_data;

	if (!refcount_inc_not_zero(&accel->active))
		return -ENODEV;
	iowrite32(arg, accel->base);
	if (refcount_dec_and_test(&accel->active))
		wake_up(&accel->idle);
	return 0;
}

static const struct file_operations accel_fops = {
	.owner = THIS_MODULE,
	.open = accel_open,
	.release = accel_release,
	.unlocked_ioctl = accel_ioctl,
};

static int accel_probe(struct platform_device *pdev)
{
	struct accel *accel;
	int ret;

	accel = kzalloc(sizeof(*accel), GFP_KERNEL);
	if (!accel)
		return -ENOMEM;
	kref_init(&accel->ref);
	refcount_set(&accel->active, 1);
	init_waitqueue_head(&accel->idle);
	accel->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(accel->base)) {
		ret = PTR_ERR(accel->base);
		goto err_put;
	}
	accel->misc.minor = MISC_DYNAMIC_MINOR;
	accel->misc.name = "accel";
	accel->misc.fops = &accel_fops;
	accel->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, accel);
	ret = misc_register(&accel->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&accel->ref, accel_free);
	return ret;
}

static void accel_remove(struct platform_device *pdev)
{
	struct accel *accel = platform_get_drvdata(pdev);

	misc_deregister(&accel->misc);
	if (!refcount_dec_and_test(&accel->active))
		wait_event(accel->idle, !refcount_read(&accel->active));
	kref_put(&accel->ref, accel_free);
}

static struct platform_driver accel_driver = {
	.probe = accel_probe,
	.remove = accel_remove,
	.driver = {
		.name = "accel",
	},
};
module_platform_driver(accel_driver);

MODULE_DESCRIPTION("accel");
MODULE_LICENSE("GPL");
