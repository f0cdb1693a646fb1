// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Shape S2: spin lock, and a pointer that remove() clears.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct lamp {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	spinlock_t lock;	/* base is NULL once the device is gone */
};

static void lamp_free(struct kref *ref)
{
	kfree(container_of(ref, struct lamp, ref));
}

static int lamp_open(struct inode *inode, struct file *file)
{
	struct lamp *lamp = container_of(file->private_data, struct lamp, misc);

	kref_get(&lamp->ref);
	file->private_data = lamp;
	return 0;
}

static int lamp_release(struct inode *inode, struct file *file)
{
	struct lamp *lamp = file->private_data;

	kref_put(&lamp->ref, lamp_free);
	return 0;
}

static long lamp_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct lamp *lamp = file->private_data;
	unsigned long flags;
	long ret = 0;

	spin_lock_irqsave(&lamp->lock, flags);
	if (!lamp->base)
		ret = -ENODEV;
	else
		writel(arg, lamp->base + 8);
	spin_unlock_irqrestore(&lamp->lock, flags);
	return ret;
}

static const struct file_operations lamp_fops = {
	.owner = THIS_MODULE,
	.open = lamp_open,
	.release = lamp_release,
	.unlocked_ioctl = lamp_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static int lamp_probe(struct platform_device *pdev)
{
	struct lamp *lamp;
	int ret;

	lamp = kzalloc(sizeof(*lamp), GFP_KERNEL);
	if (!lamp)
		return -ENOMEM;
	kref_init(&lamp->ref);
	spin_lock_init(&lamp->lock);
	lamp->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(lamp->base)) {
		ret = PTR_ERR(lamp->base);
		goto err_put;
	}
	lamp->misc.minor = MISC_DYNAMIC_MINOR;
	lamp->misc.name = "lamp";
	lamp->misc.fops = &lamp_fops;
	lamp->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, lamp);
	ret = misc_register(&lamp->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&lamp->ref, lamp_free);
	return ret;
}

static void lamp_remove(struct platform_device *pdev)
{
	struct lamp *lamp = platform_get_drvdata(pdev);
	unsigned long flags;

	misc_deregister(&lamp->misc);
	spin_lock_irqsave(&lamp->lock, flags);
	lamp->base = NULL;
	spin_unlock_irqrestore(&lamp->lock, flags);
	kref_put(&lamp->ref, lamp_free);
}

static struct platform_driver lamp_driver = {
	.probe = lamp_probe,
	.remove = lamp_remove,
	.driver = {
		.name = "lamp",
	},
};
module_platform_driver(lamp_driver);

MODULE_DESCRIPTION("lamp");
MODULE_LICENSE("GPL");
