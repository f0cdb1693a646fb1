// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The conditional scope covers the test only.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct pump {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void pump_free(struct kref *ref)
{
	kfree(container_of(ref, struct pump, ref));
}

static int pump_open(struct inode *inode, struct file *file)
{
	struct pump *pump = container_of(file->private_data, struct pump, misc);

	kref_get(&pump->ref);
	file->private_data = pump;
	return 0;
}

static int pump_release(struct inode *inode, struct file *file)
{
	struct pump *pump = file->private_data;

	kref_put(&pump->ref, pump_free);
	return 0;
}

static long pump_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct pump *pump = file->private_data;

	scoped_cond_guard(mutex_intr, return -EINTR, &pump->lock) {
		if (pump->gone)
			return -ENODEV;
	}
	writel(arg, pump->base);
	// expected-warning@-1{{drops 'lock' between the test of 'gone' and}}
	return 0;
}

static const struct file_operations pump_fops = {
	.owner = THIS_MODULE,
	.open = pump_open,
	.release = pump_release,
	.unlocked_ioctl = pump_ioctl,
};

static int pump_probe(struct platform_device *pdev)
{
	struct pump *pump;
	int ret;

	pump = kzalloc(sizeof(*pump), GFP_KERNEL);
	if (!pump)
		return -ENOMEM;
	kref_init(&pump->ref);
	mutex_init(&pump->lock);
	pump->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(pump->base)) {
		ret = PTR_ERR(pump->base);
		goto err_put;
	}
	pump->misc.minor = MISC_DYNAMIC_MINOR;
	pump->misc.name = "pump";
	pump->misc.fops = &pump_fops;
	pump->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, pump);
	ret = misc_register(&pump->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&pump->ref, pump_free);
	return ret;
}

static void pump_remove(struct platform_device *pdev)
{
	struct pump *pump = platform_get_drvdata(pdev);

	misc_deregister(&pump->misc);
	mutex_lock(&pump->lock);
	pump->gone = true;
	mutex_unlock(&pump->lock);
	kref_put(&pump->ref, pump_free);
}

static struct platform_driver pump_driver = {
	.probe = pump_probe,
	.remove = pump_remove,
	.driver = {
		.name = "pump",
	},
};
module_platform_driver(pump_driver);

MODULE_DESCRIPTION("pump");
MODULE_LICENSE("GPL");
