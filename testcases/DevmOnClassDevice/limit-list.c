// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// A pointer that leaves through a list is lost: the rule follows fields,
// variables and driver data, not what a container holds.

#include <linux/list.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct entry {
	struct list_head node;
	int value;
};

struct foo {
	struct device dev;
	struct list_head entries;
};

static void foo_free(struct device *dev)
{
	struct foo *foo = container_of(dev, struct foo, dev);
	struct entry *e;

	list_for_each_entry(e, &foo->entries, node)
		e->value = 0;
	kfree(foo);
}

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);
	struct entry *e;

	if (!foo)
		return -ENOMEM;
	INIT_LIST_HEAD(&foo->entries);
	foo->dev.parent = &pdev->dev;
	foo->dev.release = foo_free;
	device_initialize(&foo->dev);
	e = devm_kzalloc(&foo->dev, sizeof(*e), GFP_KERNEL);
	if (!e)
		return -ENOMEM;
	list_add(&e->node, &foo->entries);
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
