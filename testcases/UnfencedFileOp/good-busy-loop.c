// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// A loop under the fence: the register is read many times, the lock is never dropped.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct wheel {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void wheel_free(struct kref *ref)
{
	kfree(container_of(ref, struct wheel, ref));
}

static int wheel_open(struct inode *inode, struct file *file)
{
	struct wheel *wheel = container_of(file->private_data, struct wheel, misc);

	kref_get(&wheel->ref);
	file->private_data = wheel;
	return 0;
}

static int wheel_release(struct inode *inode, struct file *file)
{
	struct wheel *wheel = file->private_data;

	kref_put(&wheel->ref, wheel_free);
	return 0;
}

static long wheel_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct wheel *wheel = file->private_data;
	u32 val;
	int ret;

	guard(mutex)(&wheel->lock);
	if (wheel->gone)
		return -ENODEV;
	writel(arg, wheel->base);
	ret = readl_poll_timeout(wheel->base + 4, val, val & 1, 10, 1000);
	if (ret)
		return ret;
	return put_user(val, (u32 __user *)arg);
}

static const struct file_operations wheel_fops = {
	.owner = THIS_MODULE,
	.open = wheel_open,
	.release = wheel_release,
	.unlocked_ioctl = wheel_ioctl,
};

static int wheel_probe(struct platform_device *pdev)
{
	struct wheel *wheel;
	int ret;

	wheel = kzalloc(sizeof(*wheel), GFP_KERNEL);
	if (!wheel)
		return -ENOMEM;
	kref_init(&wheel->ref);
	mutex_init(&wheel->lock);
	wheel->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(wheel->base)) {
		ret = PTR_ERR(wheel->base);
		goto err_put;
	}
	wheel->misc.minor = MISC_DYNAMIC_MINOR;
	wheel->misc.name = "wheel";
	wheel->misc.fops = &wheel_fops;
	wheel->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, wheel);
	ret = misc_register(&wheel->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&wheel->ref, wheel_free);
	return ret;
}

static void wheel_remove(struct platform_device *pdev)
{
	struct wheel *wheel = platform_get_drvdata(pdev);

	misc_deregister(&wheel->misc);
	mutex_lock(&wheel->lock);
	wheel->gone = true;
	mutex_unlock(&wheel->lock);
	kref_put(&wheel->ref, wheel_free);
}

static struct platform_driver wheel_driver = {
	.probe = wheel_probe,
	.remove = wheel_remove,
	.driver = {
		.name = "wheel",
	},
};
module_platform_driver(wheel_driver);

MODULE_DESCRIPTION("wheel");
MODULE_LICENSE("GPL");
