// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The file is removed, and so drained, before the device is deleted.

#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/sysfs.h>

struct foo {
	int *table;
};

static struct class *foo_class;
static struct foo foo;
static struct device *foo_dev;

static ssize_t table_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%d\n", foo.table[0]);
}
static struct device_attribute dev_attr_table = __ATTR_RO(table);

static int foo_probe(struct platform_device *pdev)
{
	struct device *dev;

	dev = device_create(foo_class, &pdev->dev, 0, NULL, "foo");
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	foo.table = devm_kcalloc(dev, 4, sizeof(int), GFP_KERNEL);
	foo_dev = dev;
	return device_create_file(dev, &dev_attr_table);
}

static void foo_remove(struct platform_device *pdev)
{
	device_remove_file(foo_dev, &dev_attr_table);
	device_unregister(foo_dev);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
