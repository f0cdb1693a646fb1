// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// A NULL test without the lock under which remove() clears the pointer.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct siren {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* base is NULL once the device is gone */
};

static void siren_free(struct kref *ref)
{
	kfree(container_of(ref, struct siren, ref));
}

static int siren_open(struct inode *inode, struct file *file)
{
	struct siren *siren = container_of(file->private_data, struct siren, misc);

	kref_get(&siren->ref);
	file->private_data = siren;
	return 0;
}

static int siren_release(struct inode *inode, struct file *file)
{
	struct siren *siren = file->private_data;

	kref_put(&siren->ref, siren_free);
	return 0;
}

static long siren_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct siren *siren = file->private_data;
	u32 val;

	if (!siren->base) {
		return -ENXIO;
	}
	val = readl(siren->base);
	// expected-warning@-1{{tests 'base' outside 'lock'}}
	return put_user(val, (u32 __user *)arg);
}

static const struct file_operations siren_fops = {
	.owner = THIS_MODULE,
	.open = siren_open,
	.release = siren_release,
	.unlocked_ioctl = siren_ioctl,
};

static int siren_probe(struct platform_device *pdev)
{
	struct siren *siren;
	int ret;

	siren = kzalloc(sizeof(*siren), GFP_KERNEL);
	if (!siren)
		return -ENOMEM;
	kref_init(&siren->ref);
	mutex_init(&siren->lock);
	siren->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(siren->base)) {
		ret = PTR_ERR(siren->base);
		goto err_put;
	}
	siren->misc.minor = MISC_DYNAMIC_MINOR;
	siren->misc.name = "siren";
	siren->misc.fops = &siren_fops;
	siren->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, siren);
	ret = misc_register(&siren->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&siren->ref, siren_free);
	return ret;
}

static void siren_remove(struct platform_device *pdev)
{
	struct siren *siren = platform_get_drvdata(pdev);

	misc_deregister(&siren->misc);
	mutex_lock(&siren->lock);
	siren->base = NULL;
	mutex_unlock(&siren->lock);
	kref_put(&siren->ref, siren_free);
}

static struct platform_driver siren_driver = {
	.probe = siren_probe,
	.remove = siren_remove,
	.driver = {
		.name = "siren",
	},
};
module_platform_driver(siren_driver);

MODULE_DESCRIPTION("siren");
MODULE_LICENSE("GPL");
