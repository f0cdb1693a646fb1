// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Another function of the unit stops the timer, and its caller calls that first.

#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
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

void foo_core_start(struct foo *foo)
{
	mod_timer(&foo->timer, 1);
}

void foo_core_stop(struct foo *foo)
{
	timer_delete_sync(&foo->timer);
}

int foo_core_init(struct foo *foo)
{
	foo->table = kzalloc(64, GFP_KERNEL);
	if (!foo->table)
		return -ENOMEM;
	timer_setup(&foo->timer, foo_tick, 0);
	return 0;
}

void foo_core_exit(struct foo *foo)
{
	kfree(foo->table);
}
