// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The bounce buffer is devm memory of the parent; the object that names it is not.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct laser {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
	u32 *shadow;
};

static void laser_free(struct kref *ref)
{
	kfree(container_of(ref, struct laser, ref));
}

static int laser_open(struct inode *inode, struct file *file)
{
	struct laser *laser = container_of(file->private_data, struct laser, misc);

	kref_get(&laser->ref);
	file->private_data = laser;
	return 0;
}

static int laser_release(struct inode *inode, struct file *file)
{
	struct laser *laser = file->private_data;

	kref_put(&laser->ref, laser_free);
	return 0;
}

static ssize_t laser_write(struct file *file, const char __user *buf, size_t len,
			 loff_t *pos)
{
	struct laser *laser = file->private_data;

	laser->shadow[0] = len;
	// expected-warning@-1{{dereferences 'shadow' that devres frees after 'laser_remove'}}
	return len;
}

static const struct file_operations laser_fops = {
	.owner = THIS_MODULE,
	.open = laser_open,
	.release = laser_release,
	.write = laser_write,
};

static int laser_probe(struct platform_device *pdev)
{
	struct laser *laser;
	int ret;

	laser = kzalloc(sizeof(*laser), GFP_KERNEL);
	if (!laser)
		return -ENOMEM;
	kref_init(&laser->ref);
	mutex_init(&laser->lock);
	laser->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(laser->base)) {
		ret = PTR_ERR(laser->base);
		goto err_put;
	}
	laser->shadow = devm_kcalloc(&pdev->dev, 64, sizeof(*laser->shadow), GFP_KERNEL);
	if (!laser->shadow) {
		ret = -ENOMEM;
		goto err_put;
	}
	laser->misc.minor = MISC_DYNAMIC_MINOR;
	laser->misc.name = "laser";
	laser->misc.fops = &laser_fops;
	laser->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, laser);
	ret = misc_register(&laser->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&laser->ref, laser_free);
	return ret;
}

static void laser_remove(struct platform_device *pdev)
{
	struct laser *laser = platform_get_drvdata(pdev);

	misc_deregister(&laser->misc);
	mutex_lock(&laser->lock);
	laser->gone = true;
	mutex_unlock(&laser->lock);
	kref_put(&laser->ref, laser_free);
}

static struct platform_driver laser_driver = {
	.probe = laser_probe,
	.remove = laser_remove,
	.driver = {
		.name = "laser",
	},
};
module_platform_driver(laser_driver);

MODULE_DESCRIPTION("laser");
MODULE_LICENSE("GPL");
