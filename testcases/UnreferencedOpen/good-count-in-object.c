// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// A reference that both sides put when they have left the mutex.

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/refcount.h>
#include <linux/slab.h>

struct meter {
	struct miscdevice misc;
	refcount_t ref;
	struct mutex lock;
	int open;
	bool gone;
};

static void meter_put(struct meter *meter)
{
	if (refcount_dec_and_test(&meter->ref))
		kfree(meter);
}

static int meter_open(struct inode *inode, struct file *file)
{
	struct meter *meter = container_of(file->private_data, struct meter, misc);

	mutex_lock(&meter->lock);
	meter->open++;
	refcount_inc(&meter->ref);
	mutex_unlock(&meter->lock);
	file->private_data = meter;
	return 0;
}

static int meter_release(struct inode *inode, struct file *file)
{
	struct meter *meter = file->private_data;

	mutex_lock(&meter->lock);
	meter->open--;
	mutex_unlock(&meter->lock);
	meter_put(meter);
	return 0;
}

static const struct file_operations meter_fops = {
	.owner = THIS_MODULE,
	.open = meter_open,
	.release = meter_release,
};

static int meter_probe(struct platform_device *pdev)
{
	struct meter *meter = kzalloc(sizeof(*meter), GFP_KERNEL);

	if (!meter)
		return -ENOMEM;
	mutex_init(&meter->lock);
	refcount_set(&meter->ref, 1);
	meter->misc.fops = &meter_fops;
	platform_set_drvdata(pdev, meter);
	return misc_register(&meter->misc);
}

static void meter_remove(struct platform_device *pdev)
{
	struct meter *meter = platform_get_drvdata(pdev);

	misc_deregister(&meter->misc);
	mutex_lock(&meter->lock);
	meter->gone = true;
	mutex_unlock(&meter->lock);
	meter_put(meter);
}

static struct platform_driver meter_driver = {
	.probe = meter_probe,
	.remove = meter_remove,
	.driver = { .name = "meter" },
};
module_platform_driver(meter_driver);
