// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The clock is off when input_unregister_device() calls the slot that writes registers.

#include <linux/clk.h>
#include <linux/input.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/platform_device.h>

struct foo {
	void __iomem *base;
	struct clk *clk;
	struct input_dev *input;
};

static void foo_close(struct input_dev *input)
{
	struct foo *foo = dev_get_drvdata(input->dev.parent);

	writel(0, foo->base);
}

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL);
	int ret;

	if (!foo)
		return -ENOMEM;
	platform_set_drvdata(pdev, foo);
	foo->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(foo->base))
		return PTR_ERR(foo->base);
	foo->clk = devm_clk_get(&pdev->dev, NULL);
	if (IS_ERR(foo->clk))
		return PTR_ERR(foo->clk);
	ret = clk_prepare_enable(foo->clk);
	if (ret)
		return ret;
	foo->input = input_allocate_device();
	if (!foo->input) {
		ret = -ENOMEM;
		goto stop;
	}
	foo->input->close = foo_close;
	ret = input_register_device(foo->input);
	if (ret)
		goto stop;
	return 0;

stop:
	clk_disable_unprepare(foo->clk);
	return ret;
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	clk_disable_unprepare(foo->clk);
	// expected-warning@-1{{'foo_remove' stops 'clk' before 'input_unregister_device' withdraws the input device, whose 'foo_close' accesses registers}}
	input_unregister_device(foo->input);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
