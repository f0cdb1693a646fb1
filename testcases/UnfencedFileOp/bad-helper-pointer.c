// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The door goes round the helper and takes the pointer from the object.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct shutter {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	spinlock_t lock;	/* base is NULL once the device is gone */
};

static void shutter_free(struct kref *ref)
{
	kfree(container_of(ref, struct shutter, ref));
}

static int shutter_open(struct inode *inode, struct file *file)
{
	struct shutter *shutter = container_of(file->private_data, struct shutter, misc);

	kref_get(&shutter->ref);
	file->private_data = shutter;
	return 0;
}

static int shutter_release(struct inode *inode, struct file *file)
{
	struct shutter *shutter = file->private_data;

	kref_put(&shutter->ref, shutter_free);
	return 0;
}

static void __iomem *shutter_regs_get(struct shutter *shutter)
{
	spin_lock(&shutter->lock);
	if (shutter->base)
		return shutter->base;
	spin_unlock(&shutter->lock);
	return NULL;
}

static void shutter_regs_put(struct shutter *shutter)
{
	spin_unlock(&shutter->lock);
}

static long shutter_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct shutter *shutter = file->private_data;
	void __iomem *regs;

	writel(0, shutter->base + 4);
	// expected-warning@-1{{and no fence excludes the two}}
	regs = shutter_regs_get(shutter);
	if (!regs)
		return -ENODEV;
	writel(arg, regs);
	shutter_regs_put(shutter);
	return 0;
}

static const struct file_operations shutter_fops = {
	.owner = THIS_MODULE,
	.open = shutter_open,
	.release = shutter_release,
	.unlocked_ioctl = shutter_ioctl,
};

static int shutter_probe(struct platform_device *pdev)
{
	struct shutter *shutter;
	int ret;

	shutter = kzalloc(sizeof(*shutter), GFP_KERNEL);
	if (!shutter)
		return -ENOMEM;
	kref_init(&shutter->ref);
	spin_lock_init(&shutter->lock);
	shutter->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(shutter->base)) {
		ret = PTR_ERR(shutter->base);
		goto err_put;
	}
	shutter->misc.minor = MISC_DYNAMIC_MINOR;
	shutter->misc.name = "shutter";
	shutter->misc.fops = &shutter_fops;
	shutter->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, shutter);
	ret = misc_register(&shutter->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&shutter->ref, shutter_free);
	return ret;
}

static void shutter_remove(struct platform_device *pdev)
{
	struct shutter *shutter = platform_get_drvdata(pdev);

	misc_deregister(&shutter->misc);
	spin_lock(&shutter->lock);
	shutter->base = NULL;
	spin_unlock(&shutter->lock);
	kref_put(&shutter->ref, shutter_free);
}

static struct platform_driver shutter_driver = {
	.probe = shutter_probe,
	.remove = shutter_remove,
	.driver = {
		.name = "shutter",
	},
};
module_platform_driver(shutter_driver);

MODULE_DESCRIPTION("shutter");
MODULE_LICENSE("GPL");
