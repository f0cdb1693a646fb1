// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Two predicates: one is for runtime power, the other is the fence.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct solar {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
	bool suspended;
};

static void solar_free(struct kref *ref)
{
	kfree(container_of(ref, struct solar, ref));
}

static int solar_open(struct inode *inode, struct file *file)
{
	struct solar *solar = container_of(file->private_data, struct solar, misc);

	kref_get(&solar->ref);
	file->private_data = solar;
	return 0;
}

static int solar_release(struct inode *inode, struct file *file)
{
	struct solar *solar = file->private_data;

	kref_put(&solar->ref, solar_free);
	return 0;
}

static long solar_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct solar *solar = file->private_data;
	long ret = -ENODEV;

	mutex_lock(&solar->lock);
	if (solar->gone)
		goto out;
	ret = -EBUSY;
	if (solar->suspended)
		goto out;
	ret = 0;
	writel(arg, solar->base);
out:
	mutex_unlock(&solar->lock);
	return ret;
}

static const struct file_operations solar_fops = {
	.owner = THIS_MODULE,
	.open = solar_open,
	.release = solar_release,
	.unlocked_ioctl = solar_ioctl,
};

static int solar_probe(struct platform_device *pdev)
{
	struct solar *solar;
	int ret;

	solar = kzalloc(sizeof(*solar), GFP_KERNEL);
	if (!solar)
		return -ENOMEM;
	kref_init(&solar->ref);
	mutex_init(&solar->lock);
	solar->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(solar->base)) {
		ret = PTR_ERR(solar->base);
		goto err_put;
	}
	solar->misc.minor = MISC_DYNAMIC_MINOR;
	solar->misc.name = "solar";
	solar->misc.fops = &solar_fops;
	solar->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, solar);
	ret = misc_register(&solar->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&solar->ref, solar_free);
	return ret;
}

static void solar_remove(struct platform_device *pdev)
{
	struct solar *solar = platform_get_drvdata(pdev);

	misc_deregister(&solar->misc);
	mutex_lock(&solar->lock);
	solar->gone = true;
	mutex_unlock(&solar->lock);
	kref_put(&solar->ref, solar_free);
}

static struct platform_driver solar_driver = {
	.probe = solar_probe,
	.remove = solar_remove,
	.driver = {
		.name = "solar",
	},
};
module_platform_driver(solar_driver);

MODULE_DESCRIPTION("solar");
MODULE_LICENSE("GPL");
