// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The release callback uses what lives in the object itself.

#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct foo {
	struct device dev;
	int *table;
};

static void foo_free(struct device *dev)
{
	struct foo *foo = container_of(dev, struct foo, dev);

	foo->table[0] = 0;
	kfree(foo->table);
	kfree(foo);
}

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	device_initialize(&foo->dev);
	foo->dev.parent = &pdev->dev;
	foo->dev.release = foo_free;
	dev_set_name(&foo->dev, "foo");
	foo->table = kcalloc(4, sizeof(int), GFP_KERNEL);
	platform_set_drvdata(pdev, foo);
	return device_add(&foo->dev);
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	device_unregister(&foo->dev);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
