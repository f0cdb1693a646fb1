// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// READ_ONCE() on the flag, under the lock that remove() takes.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct blinker {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void blinker_free(struct kref *ref)
{
	kfree(container_of(ref, struct blinker, ref));
}

static int blinker_open(struct inode *inode, struct file *file)
{
	struct blinker *blinker = container_of(file->private_data, struct blinker, misc);

	kref_get(&blinker->ref);
	file->private_data = blinker;
	return 0;
}

static int blinker_release(struct inode *inode, struct file *file)
{
	struct blinker *blinker = file->private_data;

	kref_put(&blinker->ref, blinker_free);
	return 0;
}

static long blinker_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct blinker *blinker = file->private_data;

	guard(mutex)(&blinker->lock);
	if (READ_ONCE(blinker->gone))
		return -ENODEV;
	writel(arg, blinker->base);
	return 0;
}

static const struct file_operations blinker_fops = {
	.owner = THIS_MODULE,
	.open = blinker_open,
	.release = blinker_release,
	.unlocked_ioctl = blinker_ioctl,
};

static int blinker_probe(struct platform_device *pdev)
{
	struct blinker *blinker;
	int ret;

	blinker = kzalloc(sizeof(*blinker), GFP_KERNEL);
	if (!blinker)
		return -ENOMEM;
	kref_init(&blinker->ref);
	mutex_init(&blinker->lock);
	blinker->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(blinker->base)) {
		ret = PTR_ERR(blinker->base);
		goto err_put;
	}
	blinker->misc.minor = MISC_DYNAMIC_MINOR;
	blinker->misc.name = "blinker";
	blinker->misc.fops = &blinker_fops;
	blinker->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, blinker);
	ret = misc_register(&blinker->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&blinker->ref, blinker_free);
	return ret;
}

static void blinker_remove(struct platform_device *pdev)
{
	struct blinker *blinker = platform_get_drvdata(pdev);

	misc_deregister(&blinker->misc);
	mutex_lock(&blinker->lock);
	blinker->gone = true;
	mutex_unlock(&blinker->lock);
	kref_put(&blinker->ref, blinker_free);
}

static struct platform_driver blinker_driver = {
	.probe = blinker_probe,
	.remove = blinker_remove,
	.driver = {
		.name = "blinker",
	},
};
module_platform_driver(blinker_driver);

MODULE_DESCRIPTION("blinker");
MODULE_LICENSE("GPL");
