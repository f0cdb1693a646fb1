// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// A pointer to the original, which the driver is bound to, ties to its list.

#include <linux/module.h>
#include <linux/platform_device.h>

struct foo {
	struct device *ddev;
	int *table;
};

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	foo->ddev = &pdev->dev;
	foo->table = devm_kcalloc(foo->ddev, 4, sizeof(int), GFP_KERNEL);
	return foo->table ? 0 : -ENOMEM;
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
