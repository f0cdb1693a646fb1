// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// devres unmaps, too, and after it has withdrawn the power supply, which was registered later.

#include <linux/io.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/power_supply.h>

struct foo {
	void __iomem *base;
	struct power_supply *psy;
};

static int foo_get_property(struct power_supply *psy, enum power_supply_property psp,
			    union power_supply_propval *val)
{
	struct foo *foo = power_supply_get_drvdata(psy);

	val->intval = readl(foo->base);
	return 0;
}

static const struct power_supply_desc foo_desc = {
	.name = "foo",
	.get_property = foo_get_property,
};

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL);
	struct power_supply_config cfg = { .drv_data = foo };

	if (!foo)
		return -ENOMEM;
	platform_set_drvdata(pdev, foo);
	foo->base = devm_ioremap(&pdev->dev, 0xfee00000, 4096);
	if (!foo->base)
		return -ENOMEM;
	foo->psy = devm_power_supply_register(&pdev->dev, &foo_desc, &cfg);
	return IS_ERR(foo->psy) ? PTR_ERR(foo->psy) : 0;
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	writel(0, foo->base);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
