// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// A device on a bus has a driver of its own: its devres are that driver's.

#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct foo {
	struct device dev;
	int *table;
};

extern const struct bus_type foo_bus;

static void foo_free(struct device *dev)
{
	struct foo *foo = container_of(dev, struct foo, dev);

	foo->table = NULL;
	kfree(foo);
}

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	foo->dev.parent = &pdev->dev;
	foo->dev.bus = &foo_bus;
	foo->dev.release = foo_free;
	dev_set_name(&foo->dev, "foo");
	platform_set_drvdata(pdev, foo);
	return device_register(&foo->dev);
}

int foo_bind(struct foo *foo)
{
	foo->table = devm_kcalloc(&foo->dev, 4, sizeof(int), GFP_KERNEL);
	return foo->table ? foo->table[0] : -ENOMEM;
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	device_unregister(&foo->dev);
	foo->table[0] = 0;
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
