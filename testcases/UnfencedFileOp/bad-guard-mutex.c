// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// guard(mutex) is there, the test is not.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct grill {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void grill_free(struct kref *ref)
{
	kfree(container_of(ref, struct grill, ref));
}

static int grill_open(struct inode *inode, struct file *file)
{
	struct grill *grill = container_of(file->private_data, struct grill, misc);

	kref_get(&grill->ref);
	file->private_data = grill;
	return 0;
}

static int grill_release(struct inode *inode, struct file *file)
{
	struct grill *grill = file->private_data;

	kref_put(&grill->ref, grill_free);
	return 0;
}

static long grill_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct grill *grill = file->private_data;

	guard(mutex)(&grill->lock);
	if (arg > 10)
		return -EINVAL;
	writel(arg, grill->base);
	// expected-warning@-1{{and no fence excludes the two}}
	return 0;
}

static const struct file_operations grill_fops = {
	.owner = THIS_MODULE,
	.open = grill_open,
	.release = grill_release,
	.unlocked_ioctl = grill_ioctl,
};

static int grill_probe(struct platform_device *pdev)
{
	struct grill *grill;
	int ret;

	grill = kzalloc(sizeof(*grill), GFP_KERNEL);
	if (!grill)
		return -ENOMEM;
	kref_init(&grill->ref);
	mutex_init(&grill->lock);
	grill->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(grill->base)) {
		ret = PTR_ERR(grill->base);
		goto err_put;
	}
	grill->misc.minor = MISC_DYNAMIC_MINOR;
	grill->misc.name = "grill";
	grill->misc.fops = &grill_fops;
	grill->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, grill);
	ret = misc_register(&grill->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&grill->ref, grill_free);
	return ret;
}

static void grill_remove(struct platform_device *pdev)
{
	struct grill *grill = platform_get_drvdata(pdev);

	misc_deregister(&grill->misc);
	mutex_lock(&grill->lock);
	grill->gone = true;
	mutex_unlock(&grill->lock);
	kref_put(&grill->ref, grill_free);
}

static struct platform_driver grill_driver = {
	.probe = grill_probe,
	.remove = grill_remove,
	.driver = {
		.name = "grill",
	},
};
module_platform_driver(grill_driver);

MODULE_DESCRIPTION("grill");
MODULE_LICENSE("GPL");
