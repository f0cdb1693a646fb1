// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// device_del() sends KOBJ_REMOVE after it freed the devres, and
// input_dev_uevent() puts the name into it.

#include <linux/input.h>
#include <linux/module.h>
#include <linux/platform_device.h>

static int foo_probe(struct platform_device *pdev)
{
	struct input_dev *input = input_allocate_device();

	if (!input)
		return -ENOMEM;
	input->name = devm_kasprintf(&input->dev, GFP_KERNEL, "foo %d", pdev->id);
	// expected-warning@-1{{'devm_kasprintf' ties 'name' to class device 'input_dev.dev', whose devres 'input_unregister_device' frees before the core last reads 'input_dev.name'}}
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
