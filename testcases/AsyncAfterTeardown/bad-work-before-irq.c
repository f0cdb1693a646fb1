// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The work is cancelled before the interrupt is freed, which queues it again.

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

static irqreturn_t foo_irq(int irq, void *data)
{
	struct foo *foo = data;

	schedule_work(&foo->work);
	return IRQ_HANDLED;
}

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	foo->irq = platform_get_irq(pdev, 0);
	platform_set_drvdata(pdev, foo);
	INIT_WORK(&foo->work, foo_work);
	return request_irq(foo->irq, foo_irq, 0, "foo", foo);
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	cancel_work_sync(&foo->work);
	// expected-warning@-1{{'foo_work' can run after teardown: 'foo_irq' can arm 'work' again after 'cancel_work_sync' in 'foo_remove'}}
	free_irq(foo->irq, foo);
	kfree(foo);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
