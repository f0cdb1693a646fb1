// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The helper queues what its caller asks for, and that is not the work which was cancelled.

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

enum { FOO_WORK, FOO_POLL };

static void foo_schedule(struct foo *foo, int which)
{
	switch (which) {
	case FOO_WORK:
		schedule_work(&foo->work);
		break;
	case FOO_POLL:
		schedule_delayed_work(&foo->poll, 1);
		break;
	}
}

static void foo_poll(struct work_struct *work)
{
	struct foo *foo = container_of(work, struct foo, poll.work);

	foo_schedule(foo, FOO_POLL);
}

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	foo->irq = platform_get_irq(pdev, 0);
	platform_set_drvdata(pdev, foo);
	INIT_WORK(&foo->work, foo_work);
	INIT_DELAYED_WORK(&foo->poll, foo_poll);
	foo_schedule(foo, FOO_POLL);
	return 0;
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	cancel_work_sync(&foo->work);
	cancel_delayed_work_sync(&foo->poll);
	kfree(foo);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
