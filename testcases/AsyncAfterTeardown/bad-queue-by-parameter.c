// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The queue is drained only after the table has gone.

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
	struct workqueue_struct *wq;
	struct work_struct work;
	int *table;
};

static void foo_work(struct work_struct *work)
{
	struct foo *foo = container_of(work, struct foo, work);

	foo->count += foo->table[0];
}

static void foo_queue(struct workqueue_struct *wq, struct foo *foo)
{
	queue_work(wq, &foo->work);
}

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	foo->irq = platform_get_irq(pdev, 0);
	platform_set_drvdata(pdev, foo);
	foo->table = kzalloc(64, GFP_KERNEL);
	foo->wq = alloc_workqueue("foo", 0, 0);
	INIT_WORK(&foo->work, foo_work);
	foo_queue(foo->wq, foo);
	return 0;
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	kfree(foo->table);
	// expected-warning@-1{{'foo_work' can use 'table' after 'kfree' in 'foo_remove': it is stopped only later}}
	destroy_workqueue(foo->wq);
	kfree(foo);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
