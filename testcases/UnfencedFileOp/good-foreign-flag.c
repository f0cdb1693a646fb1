// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The flag that remove() sets is tested.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct windmill {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
	bool suspended;
};

static void windmill_free(struct kref *ref)
{
	kfree(container_of(ref, struct windmill, ref));
}

static int windmill_open(struct inode *inode, struct file *file)
{
	struct windmill *windmill = container_of(file->private_data, struct windmill, misc);

	kref_get(&windmill->ref);
	file->private_data = windmill;
	return 0;
}

static int windmill_release(struct inode *inode, struct file *file)
{
	struct windmill *windmill = file->private_data;

	kref_put(&windmill->ref, windmill_free);
	return 0;
}

static long windmill_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct windmill *windmill = file->private_data;

	guard(mutex)(&windmill->lock);
	if (windmill->gone)
		return -EBUSY;
	writel(arg, windmill->base);
	return 0;
}

static const struct file_operations windmill_fops = {
	.owner = THIS_MODULE,
	.open = windmill_open,
	.release = windmill_release,
	.unlocked_ioctl = windmill_ioctl,
};

static int windmill_probe(struct platform_device *pdev)
{
	struct windmill *windmill;
	int ret;

	windmill = kzalloc(sizeof(*windmill), GFP_KERNEL);
	if (!windmill)
		return -ENOMEM;
	kref_init(&windmill->ref);
	mutex_init(&windmill->lock);
	windmill->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(windmill->base)) {
		ret = PTR_ERR(windmill->base);
		goto err_put;
	}
	windmill->misc.minor = MISC_DYNAMIC_MINOR;
	windmill->misc.name = "windmill";
	windmill->misc.fops = &windmill_fops;
	windmill->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, windmill);
	ret = misc_register(&windmill->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&windmill->ref, windmill_free);
	return ret;
}

static void windmill_remove(struct platform_device *pdev)
{
	struct windmill *windmill = platform_get_drvdata(pdev);

	misc_deregister(&windmill->misc);
	mutex_lock(&windmill->lock);
	windmill->gone = true;
	mutex_unlock(&windmill->lock);
	kref_put(&windmill->ref, windmill_free);
}

static struct platform_driver windmill_driver = {
	.probe = windmill_probe,
	.remove = windmill_remove,
	.driver = {
		.name = "windmill",
	},
};
module_platform_driver(windmill_driver);

MODULE_DESCRIPTION("windmill");
MODULE_LICENSE("GPL");
