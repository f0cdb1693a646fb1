// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// remove() lets go of the lock first.

#include <linux/device.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>

struct valve {
	struct mutex lock;
	int angle;
};

static ssize_t angle_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct valve *valve = dev_get_drvdata(dev);

	guard(mutex)(&valve->lock);
	return sysfs_emit(buf, "%d\n", valve->angle);
}
static DEVICE_ATTR_RO(angle);

static int valve_probe(struct platform_device *pdev)
{
	struct valve *valve;

	valve = devm_kzalloc(&pdev->dev, sizeof(*valve), GFP_KERNEL);
	if (!valve)
		return -ENOMEM;
	platform_set_drvdata(pdev, valve);
	mutex_init(&valve->lock);
	return device_create_file(&pdev->dev, &dev_attr_angle);
}

static void valve_remove(struct platform_device *pdev)
{
	struct valve *valve = platform_get_drvdata(pdev);

	mutex_lock(&valve->lock);
	valve->angle = 0;
	mutex_unlock(&valve->lock);
	device_remove_file(&pdev->dev, &dev_attr_angle);
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
