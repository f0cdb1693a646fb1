// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Devres frees the interrupt first, because it was requested last.

#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

struct foo {
	int irq;
	int count;
	struct work_struct work;
	struct delayed_work poll;
	struct timer_list timer;
	int *table;
};

static void foo_work(struct work_struct *work)
{
	struct foo *foo = container_of(work, struct foo, work);

	foo->count++;
}

static void foo_cancel(void *data)
{
	struct foo *foo = data;

	cancel_work_sync(&foo->work);
}

static irqreturn_t foo_irq(int irq, void *data)
{
	struct foo *foo = data;

	schedule_work(&foo->work);
	return IRQ_HANDLED;
}

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	foo->irq = platform_get_irq(pdev, 0);
	platform_set_drvdata(pdev, foo);
	INIT_WORK(&foo->work, foo_work);
	if (devm_add_action_or_reset(&pdev->dev, foo_cancel, foo))
		return -ENOMEM;
	if (devm_request_irq(&pdev->dev, foo->irq, foo_irq, 0, "foo", foo))
		return -EBUSY;
	return 0;
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
