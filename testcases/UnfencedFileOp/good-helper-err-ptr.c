// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// A conditional acquire that answers with an ERR_PTR().

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct cutter {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void cutter_free(struct kref *ref)
{
	kfree(container_of(ref, struct cutter, ref));
}

static int cutter_open(struct inode *inode, struct file *file)
{
	struct cutter *cutter = container_of(file->private_data, struct cutter, misc);

	kref_get(&cutter->ref);
	file->private_data = cutter;
	return 0;
}

static int cutter_release(struct inode *inode, struct file *file)
{
	struct cutter *cutter = file->private_data;

	kref_put(&cutter->ref, cutter_free);
	return 0;
}

static void __iomem *cutter_regs_get(struct cutter *cutter)
{
	mutex_lock(&cutter->lock);
	if (cutter->gone) {
		mutex_unlock(&cutter->lock);
		return ERR_PTR(-ENODEV);
	}
	return cutter->base;
}

static long cutter_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct cutter *cutter = file->private_data;
	void __iomem *regs;

	regs = cutter_regs_get(cutter);
	if (IS_ERR(regs))
		return PTR_ERR(regs);
	writel(arg, regs);
	mutex_unlock(&cutter->lock);
	return 0;
}

static const struct file_operations cutter_fops = {
	.owner = THIS_MODULE,
	.open = cutter_open,
	.release = cutter_release,
	.unlocked_ioctl = cutter_ioctl,
};

static int cutter_probe(struct platform_device *pdev)
{
	struct cutter *cutter;
	int ret;

	cutter = kzalloc(sizeof(*cutter), GFP_KERNEL);
	if (!cutter)
		return -ENOMEM;
	kref_init(&cutter->ref);
	mutex_init(&cutter->lock);
	cutter->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(cutter->base)) {
		ret = PTR_ERR(cutter->base);
		goto err_put;
	}
	cutter->misc.minor = MISC_DYNAMIC_MINOR;
	cutter->misc.name = "cutter";
	cutter->misc.fops = &cutter_fops;
	cutter->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, cutter);
	ret = misc_register(&cutter->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&cutter->ref, cutter_free);
	return ret;
}

static void cutter_remove(struct platform_device *pdev)
{
	struct cutter *cutter = platform_get_drvdata(pdev);

	misc_deregister(&cutter->misc);
	mutex_lock(&cutter->lock);
	cutter->gone = true;
	mutex_unlock(&cutter->lock);
	kref_put(&cutter->ref, cutter_free);
}

static struct platform_driver cutter_driver = {
	.probe = cutter_probe,
	.remove = cutter_remove,
	.driver = {
		.name = "cutter",
	},
};
module_platform_driver(cutter_driver);

MODULE_DESCRIPTION("cutter");
MODULE_LICENSE("GPL");
