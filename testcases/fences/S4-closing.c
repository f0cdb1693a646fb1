// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-fences | FileCheck %s
//
// Shape S4, closed by a command: it drops the reference that the table held and waits for the others.
//
// CHECK-DAG: "shape":"S4"
// CHECK-DAG: "struct":"foo"
// CHECK-DAG: "lock":"ref"
// CHECK-DAG: "predicate":"ref"
// CHECK-DAG: "teardown":"foo_put"
// CHECK-DAG: "root":"foo_close"
// CHECK-DAG: "doors":["foo_count"]

#include <linux/completion.h>
#include <linux/module.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/xarray.h>

struct foo {
	refcount_t ref;
	struct completion unused;	/* ref is zero */
	u32 *counters;
};

static DEFINE_XARRAY(foos);

static void foo_put(struct foo *foo)
{
	if (refcount_dec_and_test(&foo->ref))
		complete(&foo->unused);
}

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
	wait_for_completion(&foo->unused);
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
