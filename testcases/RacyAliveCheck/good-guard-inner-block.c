// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The guard ends with the function.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct ledbar {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void ledbar_free(struct kref *ref)
{
	kfree(container_of(ref, struct ledbar, ref));
}

static int ledbar_open(struct inode *inode, struct file *file)
{
	struct ledbar *ledbar = container_of(file->private_data, struct ledbar, misc);

	kref_get(&ledbar->ref);
	file->private_data = ledbar;
	return 0;
}

static int ledbar_release(struct inode *inode, struct file *file)
{
	struct ledbar *ledbar = file->private_data;

	kref_put(&ledbar->ref, ledbar_free);
	return 0;
}

static long ledbar_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct ledbar *ledbar = file->private_data;

	guard(mutex)(&ledbar->lock);
	if (ledbar->gone)
		return -ENODEV;
	writel(arg, ledbar->base);
	return 0;
}

static const struct file_operations ledbar_fops = {
	.owner = THIS_MODULE,
	.open = ledbar_open,
	.release = ledbar_release,
	.unlocked_ioctl = ledbar_ioctl,
};

static int ledbar_probe(struct platform_device *pdev)
{
	struct ledbar *ledbar;
	int ret;

	ledbar = kzalloc(sizeof(*ledbar), GFP_KERNEL);
	if (!ledbar)
		return -ENOMEM;
	kref_init(&ledbar->ref);
	mutex_init(&ledbar->lock);
	ledbar->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(ledbar->base)) {
		ret = PTR_ERR(ledbar->base);
		goto err_put;
	}
	ledbar->misc.minor = MISC_DYNAMIC_MINOR;
	ledbar->misc.name = "ledbar";
	ledbar->misc.fops = &ledbar_fops;
	ledbar->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, ledbar);
	ret = misc_register(&ledbar->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&ledbar->ref, ledbar_free);
	return ret;
}

static void ledbar_remove(struct platform_device *pdev)
{
	struct ledbar *ledbar = platform_get_drvdata(pdev);

	misc_deregister(&ledbar->misc);
	mutex_lock(&ledbar->lock);
	ledbar->gone = true;
	mutex_unlock(&ledbar->lock);
	kref_put(&ledbar->ref, ledbar_free);
}

static struct platform_driver ledbar_driver = {
	.probe = ledbar_probe,
	.remove = ledbar_remove,
	.driver = {
		.name = "ledbar",
	},
};
module_platform_driver(ledbar_driver);

MODULE_DESCRIPTION("ledbar");
MODULE_LICENSE("GPL");
