// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The helper returns 0 with the lock held, or an error without it.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct crane {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void crane_free(struct kref *ref)
{
	kfree(container_of(ref, struct crane, ref));
}

static int crane_open(struct inode *inode, struct file *file)
{
	struct crane *crane = container_of(file->private_data, struct crane, misc);

	kref_get(&crane->ref);
	file->private_data = crane;
	return 0;
}

static int crane_release(struct inode *inode, struct file *file)
{
	struct crane *crane = file->private_data;

	kref_put(&crane->ref, crane_free);
	return 0;
}

static int crane_get(struct crane *crane)
{
	mutex_lock(&crane->lock);
	if (crane->gone) {
		mutex_unlock(&crane->lock);
		return -ENODEV;
	}
	return 0;
}

static long crane_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct crane *crane = file->private_data;
	int ret;

	ret = crane_get(crane);
	if (ret)
		return ret;
	writel(arg, crane->base);
	mutex_unlock(&crane->lock);
	return 0;
}

static const struct file_operations crane_fops = {
	.owner = THIS_MODULE,
	.open = crane_open,
	.release = crane_release,
	.unlocked_ioctl = crane_ioctl,
};

static int crane_probe(struct platform_device *pdev)
{
	struct crane *crane;
	int ret;

	crane = kzalloc(sizeof(*crane), GFP_KERNEL);
	if (!crane)
		return -ENOMEM;
	kref_init(&crane->ref);
	mutex_init(&crane->lock);
	crane->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(crane->base)) {
		ret = PTR_ERR(crane->base);
		goto err_put;
	}
	crane->misc.minor = MISC_DYNAMIC_MINOR;
	crane->misc.name = "crane";
	crane->misc.fops = &crane_fops;
	crane->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, crane);
	ret = misc_register(&crane->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&crane->ref, crane_free);
	return ret;
}

static void crane_remove(struct platform_device *pdev)
{
	struct crane *crane = platform_get_drvdata(pdev);

	misc_deregister(&crane->misc);
	mutex_lock(&crane->lock);
	crane->gone = true;
	mutex_unlock(&crane->lock);
	kref_put(&crane->ref, crane_free);
}

static struct platform_driver crane_driver = {
	.probe = crane_probe,
	.remove = crane_remove,
	.driver = {
		.name = "crane",
	},
};
module_platform_driver(crane_driver);

MODULE_DESCRIPTION("crane");
MODULE_LICENSE("GPL");
