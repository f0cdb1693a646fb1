// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Known miss: which branch of the test is the dead one is not asked.
//
// The test is there, but the write stands on the branch where the device is gone.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct arm {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void arm_free(struct kref *ref)
{
	kfree(container_of(ref, struct arm, ref));
}

static int arm_open(struct inode *inode, struct file *file)
{
	struct arm *arm = container_of(file->private_data, struct arm, misc);

	kref_get(&arm->ref);
	file->private_data = arm;
	return 0;
}

static int arm_release(struct inode *inode, struct file *file)
{
	struct arm *arm = file->private_data;

	kref_put(&arm->ref, arm_free);
	return 0;
}

static long arm_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct arm *arm = file->private_data;

	guard(mutex)(&arm->lock);
	if (arm->gone)
		writel(arg, arm->base);
	return 0;
}

static const struct file_operations arm_fops = {
	.owner = THIS_MODULE,
	.open = arm_open,
	.release = arm_release,
	.unlocked_ioctl = arm_ioctl,
};

static int arm_probe(struct platform_device *pdev)
{
	struct arm *arm;
	int ret;

	arm = kzalloc(sizeof(*arm), GFP_KERNEL);
	if (!arm)
		return -ENOMEM;
	kref_init(&arm->ref);
	mutex_init(&arm->lock);
	arm->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(arm->base)) {
		ret = PTR_ERR(arm->base);
		goto err_put;
	}
	arm->misc.minor = MISC_DYNAMIC_MINOR;
	arm->misc.name = "arm";
	arm->misc.fops = &arm_fops;
	arm->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, arm);
	ret = misc_register(&arm->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&arm->ref, arm_free);
	return ret;
}

static void arm_remove(struct platform_device *pdev)
{
	struct arm *arm = platform_get_drvdata(pdev);

	misc_deregister(&arm->misc);
	mutex_lock(&arm->lock);
	arm->gone = true;
	mutex_unlock(&arm->lock);
	kref_put(&arm->ref, arm_free);
}

static struct platform_driver arm_driver = {
	.probe = arm_probe,
	.remove = arm_remove,
	.driver = {
		.name = "arm",
	},
};
module_platform_driver(arm_driver);

MODULE_DESCRIPTION("arm");
MODULE_LICENSE("GPL");
