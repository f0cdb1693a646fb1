// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// One command goes round the helper.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/rwsem.h>
#include <linux/slab.h>

struct lift {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct rw_semaphore sem;
	bool gone;
};

static void lift_free(struct kref *ref)
{
	kfree(container_of(ref, struct lift, ref));
}

static int lift_open(struct inode *inode, struct file *file)
{
	struct lift *lift = container_of(file->private_data, struct lift, misc);

	kref_get(&lift->ref);
	file->private_data = lift;
	return 0;
}

static int lift_release(struct inode *inode, struct file *file)
{
	struct lift *lift = file->private_data;

	kref_put(&lift->ref, lift_free);
	return 0;
}

static bool lift_trylive(struct lift *lift)
{
	down_read(&lift->sem);
	if (likely(!lift->gone))
		return true;
	up_read(&lift->sem);
	return false;
}

static long lift_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct lift *lift = file->private_data;

	if (cmd == 1) {
		writel(arg, lift->base + 4);
		// expected-warning@-1{{and no fence excludes the two}}
		return 0;
	}
	if (!lift_trylive(lift))
		return -ENODEV;
	writel(arg, lift->base);
	up_read(&lift->sem);
	return 0;
}

static const struct file_operations lift_fops = {
	.owner = THIS_MODULE,
	.open = lift_open,
	.release = lift_release,
	.unlocked_ioctl = lift_ioctl,
};

static int lift_probe(struct platform_device *pdev)
{
	struct lift *lift;
	int ret;

	lift = kzalloc(sizeof(*lift), GFP_KERNEL);
	if (!lift)
		return -ENOMEM;
	kref_init(&lift->ref);
	init_rwsem(&lift->sem);
	lift->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(lift->base)) {
		ret = PTR_ERR(lift->base);
		goto err_put;
	}
	lift->misc.minor = MISC_DYNAMIC_MINOR;
	lift->misc.name = "lift";
	lift->misc.fops = &lift_fops;
	lift->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, lift);
	ret = misc_register(&lift->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&lift->ref, lift_free);
	return ret;
}

static void lift_remove(struct platform_device *pdev)
{
	struct lift *lift = platform_get_drvdata(pdev);

	misc_deregister(&lift->misc);
	down_write(&lift->sem);
	lift->gone = true;
	up_write(&lift->sem);
	kref_put(&lift->ref, lift_free);
}

static struct platform_driver lift_driver = {
	.probe = lift_probe,
	.remove = lift_remove,
	.driver = {
		.name = "lift",
	},
};
module_platform_driver(lift_driver);

MODULE_DESCRIPTION("lift");
MODULE_LICENSE("GPL");
