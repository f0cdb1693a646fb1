// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Both ioctls pass the fence.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct legacy {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void legacy_free(struct kref *ref)
{
	kfree(container_of(ref, struct legacy, ref));
}

static int legacy_open(struct inode *inode, struct file *file)
{
	struct legacy *legacy = container_of(file->private_data, struct legacy, misc);

	kref_get(&legacy->ref);
	file->private_data = legacy;
	return 0;
}

static int legacy_release(struct inode *inode, struct file *file)
{
	struct legacy *legacy = file->private_data;

	kref_put(&legacy->ref, legacy_free);
	return 0;
}

static long legacy_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct legacy *legacy = file->private_data;

	guard(mutex)(&legacy->lock);
	if (legacy->gone)
		return -ENODEV;
	writel(arg, legacy->base);
	return 0;
}

static long legacy_compat_ioctl(struct file *file, unsigned int cmd,
			   unsigned long arg)
{
	struct legacy *legacy = file->private_data;

	guard(mutex)(&legacy->lock);
	if (legacy->gone)
		return -ENODEV;
	writel((u32)arg, legacy->base);
	return 0;
}

static const struct file_operations legacy_fops = {
	.owner = THIS_MODULE,
	.open = legacy_open,
	.release = legacy_release,
	.unlocked_ioctl = legacy_ioctl,
	.compat_ioctl = legacy_compat_ioctl,
};

static int legacy_probe(struct platform_device *pdev)
{
	struct legacy *legacy;
	int ret;

	legacy = kzalloc(sizeof(*legacy), GFP_KERNEL);
	if (!legacy)
		return -ENOMEM;
	kref_init(&legacy->ref);
	mutex_init(&legacy->lock);
	legacy->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(legacy->base)) {
		ret = PTR_ERR(legacy->base);
		goto err_put;
	}
	legacy->misc.minor = MISC_DYNAMIC_MINOR;
	legacy->misc.name = "legacy";
	legacy->misc.fops = &legacy_fops;
	legacy->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, legacy);
	ret = misc_register(&legacy->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&legacy->ref, legacy_free);
	return ret;
}

static void legacy_remove(struct platform_device *pdev)
{
	struct legacy *legacy = platform_get_drvdata(pdev);

	misc_deregister(&legacy->misc);
	mutex_lock(&legacy->lock);
	legacy->gone = true;
	mutex_unlock(&legacy->lock);
	kref_put(&legacy->ref, legacy_free);
}

static struct platform_driver legacy_driver = {
	.probe = legacy_probe,
	.remove = legacy_remove,
	.driver = {
		.name = "legacy",
	},
};
module_platform_driver(legacy_driver);

MODULE_DESCRIPTION("legacy");
MODULE_LICENSE("GPL");
