// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Known miss: the flag is that of one object, the lock that of another of the same
// type. A lock is known by its type and field, as a lockdep class is, and which
// object is meant can only be told where both sides show it.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct spindle {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct spindle *master;	/* drives the bus of all */
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void spindle_free(struct kref *ref)
{
	kfree(container_of(ref, struct spindle, ref));
}

static int spindle_open(struct inode *inode, struct file *file)
{
	struct spindle *spindle = container_of(file->private_data, struct spindle, misc);

	kref_get(&spindle->ref);
	file->private_data = spindle;
	return 0;
}

static int spindle_release(struct inode *inode, struct file *file)
{
	struct spindle *spindle = file->private_data;

	kref_put(&spindle->ref, spindle_free);
	return 0;
}

static long spindle_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct spindle *spindle = file->private_data;
	long ret = -ENODEV;

	mutex_lock(&spindle->master->lock);
	if (!spindle->gone) {
		writel(arg, spindle->base);
		ret = 0;
	}
	mutex_unlock(&spindle->master->lock);
	return ret;
}

static const struct file_operations spindle_fops = {
	.owner = THIS_MODULE,
	.open = spindle_open,
	.release = spindle_release,
	.unlocked_ioctl = spindle_ioctl,
};

static int spindle_probe(struct platform_device *pdev)
{
	struct spindle *spindle;
	int ret;

	spindle = kzalloc(sizeof(*spindle), GFP_KERNEL);
	if (!spindle)
		return -ENOMEM;
	kref_init(&spindle->ref);
	mutex_init(&spindle->lock);
	spindle->master = dev_get_platdata(&pdev->dev);
	spindle->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(spindle->base)) {
		ret = PTR_ERR(spindle->base);
		goto err_put;
	}
	spindle->misc.minor = MISC_DYNAMIC_MINOR;
	spindle->misc.name = "spindle";
	spindle->misc.fops = &spindle_fops;
	spindle->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, spindle);
	ret = misc_register(&spindle->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&spindle->ref, spindle_free);
	return ret;
}

static void spindle_remove(struct platform_device *pdev)
{
	struct spindle *spindle = platform_get_drvdata(pdev);

	misc_deregister(&spindle->misc);
	mutex_lock(&spindle->lock);
	spindle->gone = true;
	mutex_unlock(&spindle->lock);
	kref_put(&spindle->ref, spindle_free);
}

static struct platform_driver spindle_driver = {
	.probe = spindle_probe,
	.remove = spindle_remove,
	.driver = {
		.name = "spindle",
	},
};
module_platform_driver(spindle_driver);

MODULE_DESCRIPTION("spindle");
MODULE_LICENSE("GPL");
