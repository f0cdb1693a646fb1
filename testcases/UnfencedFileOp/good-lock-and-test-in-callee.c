// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The caller takes the lock, a helper tests, a third function touches.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct prism {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void prism_free(struct kref *ref)
{
	kfree(container_of(ref, struct prism, ref));
}

static int prism_open(struct inode *inode, struct file *file)
{
	struct prism *prism = container_of(file->private_data, struct prism, misc);

	kref_get(&prism->ref);
	file->private_data = prism;
	return 0;
}

static int prism_release(struct inode *inode, struct file *file)
{
	struct prism *prism = file->private_data;

	kref_put(&prism->ref, prism_free);
	return 0;
}

static int prism_check(struct prism *prism)
{
	lockdep_assert_held(&prism->lock);
	return prism->gone ? -ENODEV : 0;
}

static void prism_apply(struct prism *prism, u32 val)
{
	lockdep_assert_held(&prism->lock);
	writel(val, prism->base);
}

static long prism_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct prism *prism = file->private_data;
	int ret;

	mutex_lock(&prism->lock);
	ret = prism_check(prism);
	if (!ret)
		prism_apply(prism, arg);
	mutex_unlock(&prism->lock);
	return ret;
}

static const struct file_operations prism_fops = {
	.owner = THIS_MODULE,
	.open = prism_open,
	.release = prism_release,
	.unlocked_ioctl = prism_ioctl,
};

static int prism_probe(struct platform_device *pdev)
{
	struct prism *prism;
	int ret;

	prism = kzalloc(sizeof(*prism), GFP_KERNEL);
	if (!prism)
		return -ENOMEM;
	kref_init(&prism->ref);
	mutex_init(&prism->lock);
	prism->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(prism->base)) {
		ret = PTR_ERR(prism->base);
		goto err_put;
	}
	prism->misc.minor = MISC_DYNAMIC_MINOR;
	prism->misc.name = "prism";
	prism->misc.fops = &prism_fops;
	prism->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, prism);
	ret = misc_register(&prism->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&prism->ref, prism_free);
	return ret;
}

static void prism_remove(struct platform_device *pdev)
{
	struct prism *prism = platform_get_drvdata(pdev);

	misc_deregister(&prism->misc);
	mutex_lock(&prism->lock);
	prism->gone = true;
	mutex_unlock(&prism->lock);
	kref_put(&prism->ref, prism_free);
}

static struct platform_driver prism_driver = {
	.probe = prism_probe,
	.remove = prism_remove,
	.driver = {
		.name = "prism",
	},
};
module_platform_driver(prism_driver);

MODULE_DESCRIPTION("prism");
MODULE_LICENSE("GPL");
