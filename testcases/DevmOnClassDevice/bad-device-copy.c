// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// A copied struct device has a copy of the list head: what is tied to it is
// chained into the original's list, and no call frees it.

#include <linux/module.h>
#include <linux/platform_device.h>

struct foo {
	struct device ddev;
	int *table;
};

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	foo->ddev = pdev->dev;
	foo->table = devm_kcalloc(&foo->ddev, 4, sizeof(int), GFP_KERNEL);
	// expected-warning@-1{{'devm_kcalloc' ties 'table' to class device 'foo.ddev', a copy of another device, which nobody frees}}
	return foo->table ? 0 : -ENOMEM;
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
