// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The semaphore is taken as a mutex, the flag not looked at.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/semaphore.h>
#include <linux/slab.h>

struct harp {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct semaphore sem;
	bool gone;
};

static void harp_free(struct kref *ref)
{
	kfree(container_of(ref, struct harp, ref));
}

static int harp_open(struct inode *inode, struct file *file)
{
	struct harp *harp = container_of(file->private_data, struct harp, misc);

	kref_get(&harp->ref);
	file->private_data = harp;
	return 0;
}

static int harp_release(struct inode *inode, struct file *file)
{
	struct harp *harp = file->private_data;

	kref_put(&harp->ref, harp_free);
	return 0;
}

static long harp_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct harp *harp = file->private_data;

	if (down_interruptible(&harp->sem))
		return -ERESTARTSYS;
	writel(arg, harp->base);
	// expected-warning@-1{{and no fence excludes the two}}
	up(&harp->sem);
	return 0;
}

static const struct file_operations harp_fops = {
	.owner = THIS_MODULE,
	.open = harp_open,
	.release = harp_release,
	.unlocked_ioctl = harp_ioctl,
};

static int harp_probe(struct platform_device *pdev)
{
	struct harp *harp;
	int ret;

	harp = kzalloc(sizeof(*harp), GFP_KERNEL);
	if (!harp)
		return -ENOMEM;
	kref_init(&harp->ref);
	sema_init(&harp->sem, 1);
	harp->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(harp->base)) {
		ret = PTR_ERR(harp->base);
		goto err_put;
	}
	harp->misc.minor = MISC_DYNAMIC_MINOR;
	harp->misc.name = "harp";
	harp->misc.fops = &harp_fops;
	harp->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, harp);
	ret = misc_register(&harp->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&harp->ref, harp_free);
	return ret;
}

static void harp_remove(struct platform_device *pdev)
{
	struct harp *harp = platform_get_drvdata(pdev);

	misc_deregister(&harp->misc);
	down(&harp->sem);
	harp->gone = true;
	up(&harp->sem);
	kref_put(&harp->ref, harp_free);
}

static struct platform_driver harp_driver = {
	.probe = harp_probe,
	.remove = harp_remove,
	.driver = {
		.name = "harp",
	},
};
module_platform_driver(harp_driver);

MODULE_DESCRIPTION("harp");
MODULE_LICENSE("GPL");
