// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The gate lies in the object that the open file has a reference on.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/rwsem.h>
#include <linux/slab.h>

struct valve_hw {
	void __iomem *base;
};

struct valve {
	struct kref ref;
	struct miscdevice misc;
	struct valve_hw *hw;
	struct rw_semaphore gate;
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
	int ret = -ENODEV;

	down_read(&valve->gate);
	if (!valve->gone)
		ret = readl(valve->hw->base);
	up_read(&valve->gate);
	return ret;
}

static const struct file_operations valve_fops = {
	.owner = THIS_MODULE,
	.open = valve_open,
	.release = valve_release,
	.unlocked_ioctl = valve_ioctl,
};

static int valve_probe(struct platform_device *pdev)
{
	struct valve *valve = kzalloc(sizeof(*valve), GFP_KERNEL);
	struct valve_hw *hw = devm_kzalloc(&pdev->dev, sizeof(*hw), GFP_KERNEL);

	if (!valve || !hw)
		return -ENOMEM;
	valve->hw = hw;
	kref_init(&valve->ref);
	init_rwsem(&valve->gate);
	hw->base = devm_platform_ioremap_resource(pdev, 0);
	valve->misc.fops = &valve_fops;
	platform_set_drvdata(pdev, valve);
	return misc_register(&valve->misc);
}

static void valve_remove(struct platform_device *pdev)
{
	struct valve *valve = platform_get_drvdata(pdev);

	misc_deregister(&valve->misc);
	down_write(&valve->gate);
	valve->gone = true;
	up_write(&valve->gate);
	kref_put(&valve->ref, valve_free);
}

static struct platform_driver valve_driver = {
	.probe = valve_probe,
	.remove = valve_remove,
	.driver = { .name = "valve" },
};
module_platform_driver(valve_driver);
