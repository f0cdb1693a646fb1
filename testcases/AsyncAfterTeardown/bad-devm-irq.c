// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// A managed interrupt is freed after remove: its handler uses what remove has freed.

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

static irqreturn_t foo_irq(int irq, void *data)
{
	struct foo *foo = data;

	foo->count += foo->table[0];
	return IRQ_HANDLED;
}

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	foo->irq = platform_get_irq(pdev, 0);
	platform_set_drvdata(pdev, foo);
	foo->table = kzalloc(64, GFP_KERNEL);
	return devm_request_irq(&pdev->dev, foo->irq, foo_irq, 0, "foo", foo);
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	kfree(foo->table);
	// expected-warning@-1{{'foo_irq' can use 'table' after 'kfree' in 'foo_remove': only devres stops it, once 'foo_remove' has returned}}
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
