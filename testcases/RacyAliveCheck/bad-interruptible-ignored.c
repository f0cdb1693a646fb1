// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The result of mutex_lock_interruptible() is ignored: after a signal the door goes
// on without the lock.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct belt {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void belt_free(struct kref *ref)
{
	kfree(container_of(ref, struct belt, ref));
}

static int belt_open(struct inode *inode, struct file *file)
{
	struct belt *belt = container_of(file->private_data, struct belt, misc);

	kref_get(&belt->ref);
	file->private_data = belt;
	return 0;
}

static int belt_release(struct inode *inode, struct file *file)
{
	struct belt *belt = file->private_data;

	kref_put(&belt->ref, belt_free);
	return 0;
}

static long belt_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct belt *belt = file->private_data;
	int ret;

	ret = mutex_lock_interruptible(&belt->lock);
	if (belt->gone) {
		mutex_unlock(&belt->lock);
		return -ENODEV;
	}
	writel(arg, belt->base);
	// expected-warning@-1{{tests 'gone' outside 'lock'}}
	mutex_unlock(&belt->lock);
	return ret;
}

static const struct file_operations belt_fops = {
	.owner = THIS_MODULE,
	.open = belt_open,
	.release = belt_release,
	.unlocked_ioctl = belt_ioctl,
};

static int belt_probe(struct platform_device *pdev)
{
	struct belt *belt;
	int ret;

	belt = kzalloc(sizeof(*belt), GFP_KERNEL);
	if (!belt)
		return -ENOMEM;
	kref_init(&belt->ref);
	mutex_init(&belt->lock);
	belt->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(belt->base)) {
		ret = PTR_ERR(belt->base);
		goto err_put;
	}
	belt->misc.minor = MISC_DYNAMIC_MINOR;
	belt->misc.name = "belt";
	belt->misc.fops = &belt_fops;
	belt->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, belt);
	ret = misc_register(&belt->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&belt->ref, belt_free);
	return ret;
}

static void belt_remove(struct platform_device *pdev)
{
	struct belt *belt = platform_get_drvdata(pdev);

	misc_deregister(&belt->misc);
	mutex_lock(&belt->lock);
	belt->gone = true;
	mutex_unlock(&belt->lock);
	kref_put(&belt->ref, belt_free);
}

static struct platform_driver belt_driver = {
	.probe = belt_probe,
	.remove = belt_remove,
	.driver = {
		.name = "belt",
	},
};
module_platform_driver(belt_driver);

MODULE_DESCRIPTION("belt");
MODULE_LICENSE("GPL");
