// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// devres cancels the work, registered last, before the power supply goes.

#include <linux/devm-helpers.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/power_supply.h>

struct foo {
	struct power_supply *psy;
	struct power_supply_battery_info *info;
	struct work_struct work;
	int charge;
};

static const struct power_supply_desc foo_desc = { .name = "foo" };

static void foo_work(struct work_struct *work)
{
	struct foo *foo = container_of(work, struct foo, work);

	foo->charge = foo->info->charge_full_design_uah;
	schedule_work(work);
}

static int foo_probe(struct platform_device *pdev)
{
	struct power_supply_config cfg = {};
	struct foo *foo;
	int ret;

	foo = devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL);
	if (!foo)
		return -ENOMEM;
	foo->psy = devm_power_supply_register(&pdev->dev, &foo_desc, &cfg);
	if (IS_ERR(foo->psy))
		return PTR_ERR(foo->psy);
	ret = devm_work_autocancel(&pdev->dev, &foo->work, foo_work);
	if (ret)
		return ret;
	return power_supply_get_battery_info(foo->psy, &foo->info);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
