// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The devm action closes the fence.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct dimmer {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void dimmer_free(struct kref *ref)
{
	kfree(container_of(ref, struct dimmer, ref));
}

static int dimmer_open(struct inode *inode, struct file *file)
{
	struct dimmer *dimmer = container_of(file->private_data, struct dimmer, misc);

	kref_get(&dimmer->ref);
	file->private_data = dimmer;
	return 0;
}

static int dimmer_release(struct inode *inode, struct file *file)
{
	struct dimmer *dimmer = file->private_data;

	kref_put(&dimmer->ref, dimmer_free);
	return 0;
}

static long dimmer_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct dimmer *dimmer = file->private_data;

	guard(mutex)(&dimmer->lock);
	if (dimmer->gone)
		return -ENODEV;
	writel(arg, dimmer->base);
	return 0;
}

static const struct file_operations dimmer_fops = {
	.owner = THIS_MODULE,
	.open = dimmer_open,
	.release = dimmer_release,
	.unlocked_ioctl = dimmer_ioctl,
};

static void dimmer_shut(void *data)
{
	struct dimmer *dimmer = data;

	misc_deregister(&dimmer->misc);
	mutex_lock(&dimmer->lock);
	dimmer->gone = true;
	mutex_unlock(&dimmer->lock);
	kref_put(&dimmer->ref, dimmer_free);
}

static int dimmer_probe(struct platform_device *pdev)
{
	struct dimmer *dimmer;
	int ret;

	dimmer = kzalloc(sizeof(*dimmer), GFP_KERNEL);
	if (!dimmer)
		return -ENOMEM;
	kref_init(&dimmer->ref);
	mutex_init(&dimmer->lock);
	dimmer->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(dimmer->base)) {
		ret = PTR_ERR(dimmer->base);
		goto err_put;
	}
	dimmer->misc.minor = MISC_DYNAMIC_MINOR;
	dimmer->misc.name = "dimmer";
	dimmer->misc.fops = &dimmer_fops;
	dimmer->misc.parent = &pdev->dev;
	ret = misc_register(&dimmer->misc);
	if (ret)
		goto err_put;
	return devm_add_action_or_reset(&pdev->dev, dimmer_shut, dimmer);

err_put:
	kref_put(&dimmer->ref, dimmer_free);
	return ret;
}

static struct platform_driver dimmer_driver = {
	.probe = dimmer_probe,
	.driver = {
		.name = "dimmer",
	},
};
module_platform_driver(dimmer_driver);

MODULE_DESCRIPTION("dimmer");
MODULE_LICENSE("GPL");
