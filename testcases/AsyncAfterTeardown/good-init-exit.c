// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// foo_core_exit() stops the timer that foo_core_init() sets up.

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
	timer_shutdown_sync(&foo->timer);
	kfree(foo->table);
}
