// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-jsonl | FileCheck %s
//
// Near miss of S4-closing.c: it waits for other work, not for who holds a reference.
//
// CHECK-NOT: "type":"fence"
// CHECK: "status":"ok"{{.*}}"type":"unit"

#include <linux/module.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/xarray.h>

struct foo {
	refcount_t ref;
	wait_queue_head_t idle;		/* jobs is zero */
	unsigned int jobs;
	u32 *counters;
};

static DEFINE_XARRAY(foos);

static void foo_put(struct foo *foo)
{
	if (refcount_dec_and_test(&foo->ref))
		foo->counters[1]++;
}

void foo_done(struct foo *foo)
{
	foo->jobs--;
	wake_up_all(&foo->idle);
}
EXPORT_SYMBOL_GPL(foo_done);

int foo_count(unsigned long id)
{
	struct foo *foo;

	xa_lock(&foos);
	foo = xa_load(&foos, id);
	if (foo && !refcount_inc_not_zero(&foo->ref))
		foo = NULL;
	xa_unlock(&foos);
	if (!foo)
		return -ENOENT;
	foo->counters[0]++;
	foo_put(foo);
	return 0;
}
EXPORT_SYMBOL_GPL(foo_count);

static void foo_close(struct foo *foo)
{
	foo_put(foo);
	wait_event(foo->idle, !foo->jobs);
	kfree(foo->counters);
	foo->counters = NULL;
}

int foo_destroy(unsigned long id)
{
	struct foo *foo = xa_erase(&foos, id);

	if (!foo)
		return -ENOENT;
	foo_close(foo);
	kfree(foo);
	return 0;
}
EXPORT_SYMBOL_GPL(foo_destroy);
