// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The last close frees the object when it is gone, and with it the mutex that
// remove() has not left yet.

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/refcount.h>
#include <linux/slab.h>

struct meter {
	struct miscdevice misc;
	struct mutex lock;
	int open;
	bool gone;
};

static int meter_open(struct inode *inode, struct file *file)
{
	struct meter *meter = container_of(file->private_data, struct meter, misc);

	mutex_lock(&meter->lock);
	meter->open++;
	mutex_unlock(&meter->lock);
	file->private_data = meter;
	// expected-warning@-1{{'meter_open' counts itself in 'struct meter' instead of taking a reference, and 'meter_release' may free it while 'meter_remove' still releases 'lock' in it}}
	return 0;
}

static int meter_release(struct inode *inode, struct file *file)
{
	struct meter *meter = file->private_data;

	mutex_lock(&meter->lock);
	if (!--meter->open && meter->gone) {
		mutex_unlock(&meter->lock);
		kfree(meter);
		return 0;
	}
	mutex_unlock(&meter->lock);
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
	if (meter->open) {
		mutex_unlock(&meter->lock);
	} else {
		mutex_unlock(&meter->lock);
		kfree(meter);
	}
}

static struct platform_driver meter_driver = {
	.probe = meter_probe,
	.remove = meter_remove,
	.driver = { .name = "meter" },
};
module_platform_driver(meter_driver);
