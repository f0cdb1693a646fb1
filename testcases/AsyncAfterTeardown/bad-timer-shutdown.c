// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// del_timer_sync() does not forbid mod_timer(): the interrupt arms the timer again.

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

static void foo_tick(struct timer_list *t)
{
	struct foo *foo = from_timer(foo, t, timer);

	foo->count++;
}

static irqreturn_t foo_irq(int irq, void *data)
{
	struct foo *foo = data;

	mod_timer(&foo->timer, 1);
	return IRQ_HANDLED;
}

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	foo->irq = platform_get_irq(pdev, 0);
	platform_set_drvdata(pdev, foo);
	timer_setup(&foo->timer, foo_tick, 0);
	return request_irq(foo->irq, foo_irq, 0, "foo", foo);
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	del_timer_sync(&foo->timer);
	// expected-warning@-1{{'foo_tick' can run after teardown: 'foo_irq' can arm 'timer' again after 'del_timer_sync' in 'foo_remove'}}
	free_irq(foo->irq, foo);
	kfree(foo);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
