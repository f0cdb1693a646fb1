// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Another turn of the loop deletes another device: what follows the deletion
// in the text of the loop is not about the deleted one.

#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct foo {
	struct device dev;
	int *table;
	struct foo *next;
};

static int foo_add(struct foo *foo)
{
	int ret = device_register(&foo->dev);

	if (ret)
		return ret;
	foo->table = devm_kcalloc(&foo->dev, 4, sizeof(int), GFP_KERNEL);
	return foo->table ? 0 : -ENOMEM;
}

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	platform_set_drvdata(pdev, foo);
	return foo_add(foo);
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo;

	for (foo = platform_get_drvdata(pdev); foo; foo = foo->next) {
		foo->table[0] = 0;
		device_unregister(&foo->dev);
	}
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
