// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// A callback of the power supply core queues the work again, until the supply is unregistered.

#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/power_supply.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

struct foo {
	struct power_supply *psy;
	struct work_struct work;
	int count;
};

static void foo_work(struct work_struct *work)
{
	struct foo *foo = container_of(work, struct foo, work);

	foo->count++;
}

static void foo_changed(struct power_supply *psy)
{
	struct foo *foo = power_supply_get_drvdata(psy);

	schedule_work(&foo->work);
}

static const struct power_supply_desc foo_desc = {
	.name = "foo",
	.external_power_changed = foo_changed,
};

static int foo_probe(struct platform_device *pdev)
{
	struct power_supply_config config = {};
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	config.drv_data = foo;
	platform_set_drvdata(pdev, foo);
	INIT_WORK(&foo->work, foo_work);
	foo->psy = power_supply_register(&pdev->dev, &foo_desc, &config);
	return 0;
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	cancel_work_sync(&foo->work);
	// expected-warning@-1{{'foo_work' can run after teardown: 'foo_changed' can arm 'work' again after 'cancel_work_sync' in 'foo_remove'}}
	power_supply_unregister(foo->psy);
	kfree(foo);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
