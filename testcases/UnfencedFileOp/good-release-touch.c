// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The release stops the hardware only while the device is there.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct shaker {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void shaker_free(struct kref *ref)
{
	kfree(container_of(ref, struct shaker, ref));
}

static int shaker_open(struct inode *inode, struct file *file)
{
	struct shaker *shaker = container_of(file->private_data, struct shaker, misc);

	kref_get(&shaker->ref);
	file->private_data = shaker;
	return 0;
}

static int shaker_release(struct inode *inode, struct file *file)
{
	struct shaker *shaker = file->private_data;

	mutex_lock(&shaker->lock);
	if (!shaker->gone)
		writel(0, shaker->base);
	mutex_unlock(&shaker->lock);
	kref_put(&shaker->ref, shaker_free);
	return 0;
}

static const struct file_operations shaker_fops = {
	.owner = THIS_MODULE,
	.open = shaker_open,
	.release = shaker_release,
};

static int shaker_probe(struct platform_device *pdev)
{
	struct shaker *shaker;
	int ret;

	shaker = kzalloc(sizeof(*shaker), GFP_KERNEL);
	if (!shaker)
		return -ENOMEM;
	kref_init(&shaker->ref);
	mutex_init(&shaker->lock);
	shaker->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(shaker->base)) {
		ret = PTR_ERR(shaker->base);
		goto err_put;
	}
	shaker->misc.minor = MISC_DYNAMIC_MINOR;
	shaker->misc.name = "shaker";
	shaker->misc.fops = &shaker_fops;
	shaker->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, shaker);
	ret = misc_register(&shaker->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&shaker->ref, shaker_free);
	return ret;
}

static void shaker_remove(struct platform_device *pdev)
{
	struct shaker *shaker = platform_get_drvdata(pdev);

	misc_deregister(&shaker->misc);
	mutex_lock(&shaker->lock);
	shaker->gone = true;
	mutex_unlock(&shaker->lock);
	kref_put(&shaker->ref, shaker_free);
}

static struct platform_driver shaker_driver = {
	.probe = shaker_probe,
	.remove = shaker_remove,
	.driver = {
		.name = "shaker",
	},
};
module_platform_driver(shaker_driver);

MODULE_DESCRIPTION("shaker");
MODULE_LICENSE("GPL");
