// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// scoped_guard() covers the test only.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct valve {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void valve_free(struct kref *ref)
{
	kfree(container_of(ref, struct valve, ref));
}

static int valve_open(struct inode *inode, struct file *file)
{
	struct valve *valve = container_of(file->private_data, struct valve, misc);

	kref_get(&valve->ref);
	file->private_data = valve;
	return 0;
}

static int valve_release(struct inode *inode, struct file *file)
{
	struct valve *valve = file->private_data;

	kref_put(&valve->ref, valve_free);
	return 0;
}

static long valve_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct valve *valve = file->private_data;

	scoped_guard(mutex, &valve->lock) {
		if (valve->gone)
			return -ENODEV;
	}
	writel(arg, valve->base);
	// expected-warning@-1{{drops 'lock' between the test of 'gone' and}}
	return 0;
}

static const struct file_operations valve_fops = {
	.owner = THIS_MODULE,
	.open = valve_open,
	.release = valve_release,
	.unlocked_ioctl = valve_ioctl,
};

static int valve_probe(struct platform_device *pdev)
{
	struct valve *valve;
	int ret;

	valve = kzalloc(sizeof(*valve), GFP_KERNEL);
	if (!valve)
		return -ENOMEM;
	kref_init(&valve->ref);
	mutex_init(&valve->lock);
	valve->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(valve->base)) {
		ret = PTR_ERR(valve->base);
		goto err_put;
	}
	valve->misc.minor = MISC_DYNAMIC_MINOR;
	valve->misc.name = "valve";
	valve->misc.fops = &valve_fops;
	valve->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, valve);
	ret = misc_register(&valve->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&valve->ref, valve_free);
	return ret;
}

static void valve_remove(struct platform_device *pdev)
{
	struct valve *valve = platform_get_drvdata(pdev);

	misc_deregister(&valve->misc);
	mutex_lock(&valve->lock);
	valve->gone = true;
	mutex_unlock(&valve->lock);
	kref_put(&valve->ref, valve_free);
}

static struct platform_driver valve_driver = {
	.probe = valve_probe,
	.remove = valve_remove,
	.driver = {
		.name = "valve",
	},
};
module_platform_driver(valve_driver);

MODULE_DESCRIPTION("valve");
MODULE_LICENSE("GPL");
