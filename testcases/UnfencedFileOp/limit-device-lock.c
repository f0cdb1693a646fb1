// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// Known false positive: the core takes the lock around remove(), no row says so.
//
// Shape S2c: the device lock is held while remove() runs, and drvdata is NULL after.

#include <linux/device.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct ramp {
	void __iomem *base;
};

static struct miscdevice ramp_misc;

static int ramp_open(struct inode *inode, struct file *file)
{
	file->private_data = get_device(ramp_misc.parent);
	return 0;
}

static int ramp_release(struct inode *inode, struct file *file)
{
	put_device(file->private_data);
	return 0;
}

static long ramp_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct device *dev = file->private_data;
	struct ramp *ramp;

	device_lock(dev);
	ramp = dev_get_drvdata(dev);
	if (!ramp) {
		device_unlock(dev);
		return -ENODEV;
	}
	writel(arg, ramp->base);
	// expected-warning@-1{{and no fence excludes the two}}
	device_unlock(dev);
	return 0;
}

static const struct file_operations ramp_fops = {
	.owner = THIS_MODULE,
	.open = ramp_open,
	.release = ramp_release,
	.unlocked_ioctl = ramp_ioctl,
};

static struct miscdevice ramp_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "ramp",
	.fops = &ramp_fops,
};

static int ramp_probe(struct platform_device *pdev)
{
	struct ramp *ramp;

	ramp = devm_kzalloc(&pdev->dev, sizeof(*ramp), GFP_KERNEL);
	if (!ramp)
		return -ENOMEM;
	ramp->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(ramp->base))
		return PTR_ERR(ramp->base);
	platform_set_drvdata(pdev, ramp);
	ramp_misc.parent = &pdev->dev;
	return misc_register(&ramp_misc);
}

/* The driver core holds the device lock around this. */
static void ramp_remove(struct platform_device *pdev)
{
	misc_deregister(&ramp_misc);
	platform_set_drvdata(pdev, NULL);
}

static struct platform_driver ramp_driver = {
	.probe = ramp_probe,
	.remove = ramp_remove,
	.driver = {
		.name = "ramp",
	},
};
module_platform_driver(ramp_driver);

MODULE_DESCRIPTION("ramp");
MODULE_LICENSE("GPL");
