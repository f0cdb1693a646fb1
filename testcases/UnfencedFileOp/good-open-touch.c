// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// misc_open() runs .open under the lock that misc_deregister() takes, and a fresh
// open is no door in the sense of these rules.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct warmup {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
};

static void warmup_free(struct kref *ref)
{
	kfree(container_of(ref, struct warmup, ref));
}

static int warmup_open(struct inode *inode, struct file *file)
{
	struct warmup *warmup = container_of(file->private_data, struct warmup, misc);

	writel(1, warmup->base);
	kref_get(&warmup->ref);
	file->private_data = warmup;
	return 0;
}

static int warmup_release(struct inode *inode, struct file *file)
{
	struct warmup *warmup = file->private_data;

	kref_put(&warmup->ref, warmup_free);
	return 0;
}

static const struct file_operations warmup_fops = {
	.owner = THIS_MODULE,
	.open = warmup_open,
	.release = warmup_release,
};

static int warmup_probe(struct platform_device *pdev)
{
	struct warmup *warmup;
	int ret;

	warmup = kzalloc(sizeof(*warmup), GFP_KERNEL);
	if (!warmup)
		return -ENOMEM;
	kref_init(&warmup->ref);
	warmup->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(warmup->base)) {
		ret = PTR_ERR(warmup->base);
		goto err_put;
	}
	warmup->misc.minor = MISC_DYNAMIC_MINOR;
	warmup->misc.name = "warmup";
	warmup->misc.fops = &warmup_fops;
	warmup->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, warmup);
	ret = misc_register(&warmup->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&warmup->ref, warmup_free);
	return ret;
}

static void warmup_remove(struct platform_device *pdev)
{
	struct warmup *warmup = platform_get_drvdata(pdev);

	misc_deregister(&warmup->misc);
	kref_put(&warmup->ref, warmup_free);
}

static struct platform_driver warmup_driver = {
	.probe = warmup_probe,
	.remove = warmup_remove,
	.driver = {
		.name = "warmup",
	},
};
module_platform_driver(warmup_driver);

MODULE_DESCRIPTION("warmup");
MODULE_LICENSE("GPL");
