// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// A conditional acquire: 0 with the lock held, or -ENODEV without it.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct winch {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void winch_free(struct kref *ref)
{
	kfree(container_of(ref, struct winch, ref));
}

static int winch_open(struct inode *inode, struct file *file)
{
	struct winch *winch = container_of(file->private_data, struct winch, misc);

	kref_get(&winch->ref);
	file->private_data = winch;
	return 0;
}

static int winch_release(struct inode *inode, struct file *file)
{
	struct winch *winch = file->private_data;

	kref_put(&winch->ref, winch_free);
	return 0;
}

static int winch_get(struct winch *winch)
{
	if (mutex_lock_interruptible(&winch->lock))
		return -ERESTARTSYS;
	if (!winch->gone)
		return 0;
	mutex_unlock(&winch->lock);
	return -ENODEV;
}

static void winch_put(struct winch *winch)
{
	mutex_unlock(&winch->lock);
}

static long winch_start(struct winch *winch, unsigned long arg)
{
	int ret;

	ret = winch_get(winch);
	if (ret)
		return ret;
	writel(arg, winch->base);
	winch_put(winch);
	return 0;
}

static long winch_stop(struct winch *winch)
{
	int ret;

	ret = winch_get(winch);
	if (ret)
		return ret;
	writel(0, winch->base);
	winch_put(winch);
	return 0;
}

static long winch_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct winch *winch = file->private_data;

	switch (cmd) {
	case 0:
		return winch_start(winch, arg);
	case 1:
		return winch_stop(winch);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations winch_fops = {
	.owner = THIS_MODULE,
	.open = winch_open,
	.release = winch_release,
	.unlocked_ioctl = winch_ioctl,
};

static int winch_probe(struct platform_device *pdev)
{
	struct winch *winch;
	int ret;

	winch = kzalloc(sizeof(*winch), GFP_KERNEL);
	if (!winch)
		return -ENOMEM;
	kref_init(&winch->ref);
	mutex_init(&winch->lock);
	winch->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(winch->base)) {
		ret = PTR_ERR(winch->base);
		goto err_put;
	}
	winch->misc.minor = MISC_DYNAMIC_MINOR;
	winch->misc.name = "winch";
	winch->misc.fops = &winch_fops;
	winch->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, winch);
	ret = misc_register(&winch->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&winch->ref, winch_free);
	return ret;
}

static void winch_remove(struct platform_device *pdev)
{
	struct winch *winch = platform_get_drvdata(pdev);

	misc_deregister(&winch->misc);
	mutex_lock(&winch->lock);
	winch->gone = true;
	mutex_unlock(&winch->lock);
	kref_put(&winch->ref, winch_free);
}

static struct platform_driver winch_driver = {
	.probe = winch_probe,
	.remove = winch_remove,
	.driver = {
		.name = "winch",
	},
};
module_platform_driver(winch_driver);

MODULE_DESCRIPTION("winch");
MODULE_LICENSE("GPL");
