// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The flag is copied under the lock and the copy is tested after it. Whether one
// calls that a test outside the lock or a lock dropped between test and use, it
// is this rule's finding.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct mill {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void mill_free(struct kref *ref)
{
	kfree(container_of(ref, struct mill, ref));
}

static int mill_open(struct inode *inode, struct file *file)
{
	struct mill *mill = container_of(file->private_data, struct mill, misc);

	kref_get(&mill->ref);
	file->private_data = mill;
	return 0;
}

static int mill_release(struct inode *inode, struct file *file)
{
	struct mill *mill = file->private_data;

	kref_put(&mill->ref, mill_free);
	return 0;
}

static long mill_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct mill *mill = file->private_data;
	bool gone;

	mutex_lock(&mill->lock);
	gone = mill->gone;
	mutex_unlock(&mill->lock);
	if (gone)
		return -ENODEV;
	writel(arg, mill->base);
	// expected-warning@-1{{'gone'}}
	return 0;
}

static const struct file_operations mill_fops = {
	.owner = THIS_MODULE,
	.open = mill_open,
	.release = mill_release,
	.unlocked_ioctl = mill_ioctl,
};

static int mill_probe(struct platform_device *pdev)
{
	struct mill *mill;
	int ret;

	mill = kzalloc(sizeof(*mill), GFP_KERNEL);
	if (!mill)
		return -ENOMEM;
	kref_init(&mill->ref);
	mutex_init(&mill->lock);
	mill->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(mill->base)) {
		ret = PTR_ERR(mill->base);
		goto err_put;
	}
	mill->misc.minor = MISC_DYNAMIC_MINOR;
	mill->misc.name = "mill";
	mill->misc.fops = &mill_fops;
	mill->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, mill);
	ret = misc_register(&mill->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&mill->ref, mill_free);
	return ret;
}

static void mill_remove(struct platform_device *pdev)
{
	struct mill *mill = platform_get_drvdata(pdev);

	misc_deregister(&mill->misc);
	mutex_lock(&mill->lock);
	mill->gone = true;
	mutex_unlock(&mill->lock);
	kref_put(&mill->ref, mill_free);
}

static struct platform_driver mill_driver = {
	.probe = mill_probe,
	.remove = mill_remove,
	.driver = {
		.name = "mill",
	},
};
module_platform_driver(mill_driver);

MODULE_DESCRIPTION("mill");
MODULE_LICENSE("GPL");
