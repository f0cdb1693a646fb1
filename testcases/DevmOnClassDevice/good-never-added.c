// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The interrupt is on the parent, so it goes before the map.

#include <linux/counter.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/regmap.h>

struct foo {
	struct regmap *map;
};

static const struct regmap_config foo_config;

static irqreturn_t foo_irq(int irq, void *data)
{
	struct foo *foo = counter_priv(data);

	regmap_write(foo->map, 0, 1);
	return IRQ_HANDLED;
}

static int foo_probe(struct platform_device *pdev)
{
	struct counter_device *counter;
	struct foo *foo;
	int ret;

	counter = devm_counter_alloc(&pdev->dev, sizeof(*foo));
	if (!counter)
		return -ENOMEM;
	foo = counter_priv(counter);
	foo->map = devm_regmap_init_mmio(&pdev->dev, NULL, &foo_config);
	if (IS_ERR(foo->map))
		return PTR_ERR(foo->map);
	ret = devm_request_threaded_irq(&pdev->dev, 7, foo_irq, NULL, 0,
					"foo", counter);
	if (ret)
		return ret;
	return devm_counter_add(&pdev->dev, counter);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
