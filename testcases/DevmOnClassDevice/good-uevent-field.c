// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The name outlives the input device.

#include <linux/input.h>
#include <linux/module.h>
#include <linux/platform_device.h>

static int foo_probe(struct platform_device *pdev)
{
	struct input_dev *input = input_allocate_device();

	if (!input)
		return -ENOMEM;
	input->name = devm_kasprintf(&pdev->dev, GFP_KERNEL, "foo %d", pdev->id);
	platform_set_drvdata(pdev, input);
	return input_register_device(input);
}

static void foo_remove(struct platform_device *pdev)
{
	input_unregister_device(platform_get_drvdata(pdev));
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
