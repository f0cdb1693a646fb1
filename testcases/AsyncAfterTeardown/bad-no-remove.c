// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// There is no remove: nothing stops the work, and devres frees the struct that it is in.

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

static void foo_poll(struct work_struct *work)
{
	struct foo *foo = container_of(work, struct foo, poll.work);

	schedule_delayed_work(&foo->poll, foo->count);
	// expected-warning@-1{{'foo_poll' can run on 'struct foo' that devres frees: nothing stops 'poll'}}
}

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	foo->irq = platform_get_irq(pdev, 0);
	platform_set_drvdata(pdev, foo);
	INIT_DELAYED_WORK(&foo->poll, foo_poll);
	schedule_delayed_work(&foo->poll, 100);
	return 0;
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
