// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// mutex_trylock() as the acquire.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct chute {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void chute_free(struct kref *ref)
{
	kfree(container_of(ref, struct chute, ref));
}

static int chute_open(struct inode *inode, struct file *file)
{
	struct chute *chute = container_of(file->private_data, struct chute, misc);

	kref_get(&chute->ref);
	file->private_data = chute;
	return 0;
}

static int chute_release(struct inode *inode, struct file *file)
{
	struct chute *chute = file->private_data;

	kref_put(&chute->ref, chute_free);
	return 0;
}

static long chute_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct chute *chute = file->private_data;

	if (!mutex_trylock(&chute->lock))
		return -EAGAIN;
	if (!chute->gone)
		writel(arg, chute->base);
	mutex_unlock(&chute->lock);
	return 0;
}

static const struct file_operations chute_fops = {
	.owner = THIS_MODULE,
	.open = chute_open,
	.release = chute_release,
	.unlocked_ioctl = chute_ioctl,
};

static int chute_probe(struct platform_device *pdev)
{
	struct chute *chute;
	int ret;

	chute = kzalloc(sizeof(*chute), GFP_KERNEL);
	if (!chute)
		return -ENOMEM;
	kref_init(&chute->ref);
	mutex_init(&chute->lock);
	chute->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(chute->base)) {
		ret = PTR_ERR(chute->base);
		goto err_put;
	}
	chute->misc.minor = MISC_DYNAMIC_MINOR;
	chute->misc.name = "chute";
	chute->misc.fops = &chute_fops;
	chute->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, chute);
	ret = misc_register(&chute->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&chute->ref, chute_free);
	return ret;
}

static void chute_remove(struct platform_device *pdev)
{
	struct chute *chute = platform_get_drvdata(pdev);

	misc_deregister(&chute->misc);
	mutex_lock(&chute->lock);
	chute->gone = true;
	mutex_unlock(&chute->lock);
	kref_put(&chute->ref, chute_free);
}

static struct platform_driver chute_driver = {
	.probe = chute_probe,
	.remove = chute_remove,
	.driver = {
		.name = "chute",
	},
};
module_platform_driver(chute_driver);

MODULE_DESCRIPTION("chute");
MODULE_LICENSE("GPL");
