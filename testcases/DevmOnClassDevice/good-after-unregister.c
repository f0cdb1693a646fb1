// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// remove() is done with the resource before it deletes the device.

#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct foo {
	struct device *dev;
	int *table;
};

static struct class *foo_class;

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	foo->dev = device_create(foo_class, &pdev->dev, 0, foo, "foo");
	if (IS_ERR(foo->dev))
		return PTR_ERR(foo->dev);
	foo->table = devm_kcalloc(foo->dev, 4, sizeof(int), GFP_KERNEL);
	platform_set_drvdata(pdev, foo);
	return 0;
}

static void foo_stop(struct foo *foo)
{
	foo->table[0] = 0;
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	foo_stop(foo);
	device_unregister(foo->dev);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
