// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The clock is asked only while the device is there.

#include <linux/clk.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct beeper {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
	struct clk *clk;
};

static void beeper_free(struct kref *ref)
{
	kfree(container_of(ref, struct beeper, ref));
}

static int beeper_open(struct inode *inode, struct file *file)
{
	struct beeper *beeper = container_of(file->private_data, struct beeper, misc);

	kref_get(&beeper->ref);
	file->private_data = beeper;
	return 0;
}

static int beeper_release(struct inode *inode, struct file *file)
{
	struct beeper *beeper = file->private_data;

	kref_put(&beeper->ref, beeper_free);
	return 0;
}

static long beeper_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct beeper *beeper = file->private_data;

	guard(mutex)(&beeper->lock);
	if (beeper->gone)
		return -ENODEV;
	return clk_set_rate(beeper->clk, arg);
}

static const struct file_operations beeper_fops = {
	.owner = THIS_MODULE,
	.open = beeper_open,
	.release = beeper_release,
	.unlocked_ioctl = beeper_ioctl,
};

static int beeper_probe(struct platform_device *pdev)
{
	struct beeper *beeper;
	int ret;

	beeper = kzalloc(sizeof(*beeper), GFP_KERNEL);
	if (!beeper)
		return -ENOMEM;
	kref_init(&beeper->ref);
	mutex_init(&beeper->lock);
	beeper->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(beeper->base)) {
		ret = PTR_ERR(beeper->base);
		goto err_put;
	}
	beeper->clk = devm_clk_get(&pdev->dev, NULL);
	if (IS_ERR(beeper->clk)) {
		ret = PTR_ERR(beeper->clk);
		goto err_put;
	}
	beeper->misc.minor = MISC_DYNAMIC_MINOR;
	beeper->misc.name = "beeper";
	beeper->misc.fops = &beeper_fops;
	beeper->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, beeper);
	ret = misc_register(&beeper->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&beeper->ref, beeper_free);
	return ret;
}

static void beeper_remove(struct platform_device *pdev)
{
	struct beeper *beeper = platform_get_drvdata(pdev);

	misc_deregister(&beeper->misc);
	mutex_lock(&beeper->lock);
	beeper->gone = true;
	mutex_unlock(&beeper->lock);
	kref_put(&beeper->ref, beeper_free);
}

static struct platform_driver beeper_driver = {
	.probe = beeper_probe,
	.remove = beeper_remove,
	.driver = {
		.name = "beeper",
	},
};
module_platform_driver(beeper_driver);

MODULE_DESCRIPTION("beeper");
MODULE_LICENSE("GPL");
