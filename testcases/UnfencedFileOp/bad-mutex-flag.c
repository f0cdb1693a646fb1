// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// RUN: %strongfence-jsonl | FileCheck %s
//
// Shape N0: the ioctl reads a register and nothing keeps it from running after
// remove(), when devres has unmapped the registers.
//
// CHECK: "bus":"platform"{{.*}}"rule":"UnfencedFileOp"{{.*}}"severity":"medium"

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct meter {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void meter_free(struct kref *ref)
{
	kfree(container_of(ref, struct meter, ref));
}

static int meter_open(struct inode *inode, struct file *file)
{
	struct meter *meter = container_of(file->private_data, struct meter, misc);

	kref_get(&meter->ref);
	file->private_data = meter;
	return 0;
}

static int meter_release(struct inode *inode, struct file *file)
{
	struct meter *meter = file->private_data;

	kref_put(&meter->ref, meter_free);
	return 0;
}

static long meter_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct meter *meter = file->private_data;
	u32 val;

	val = readl(meter->base + 0x10);
	// expected-warning@-1{{and no fence excludes the two}}
	return put_user(val, (u32 __user *)arg);
}

static const struct file_operations meter_fops = {
	.owner = THIS_MODULE,
	.open = meter_open,
	.release = meter_release,
	.unlocked_ioctl = meter_ioctl,
};

static int meter_probe(struct platform_device *pdev)
{
	struct meter *meter;
	int ret;

	meter = kzalloc(sizeof(*meter), GFP_KERNEL);
	if (!meter)
		return -ENOMEM;
	kref_init(&meter->ref);
	mutex_init(&meter->lock);
	meter->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(meter->base)) {
		ret = PTR_ERR(meter->base);
		goto err_put;
	}
	meter->misc.minor = MISC_DYNAMIC_MINOR;
	meter->misc.name = "meter";
	meter->misc.fops = &meter_fops;
	meter->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, meter);
	ret = misc_register(&meter->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&meter->ref, meter_free);
	return ret;
}

static void meter_remove(struct platform_device *pdev)
{
	struct meter *meter = platform_get_drvdata(pdev);

	misc_deregister(&meter->misc);
	mutex_lock(&meter->lock);
	meter->gone = true;
	mutex_unlock(&meter->lock);
	kref_put(&meter->ref, meter_free);
}

static struct platform_driver meter_driver = {
	.probe = meter_probe,
	.remove = meter_remove,
	.driver = {
		.name = "meter",
	},
};
module_platform_driver(meter_driver);

MODULE_DESCRIPTION("meter");
MODULE_LICENSE("GPL");
