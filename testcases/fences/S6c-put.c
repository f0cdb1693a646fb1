// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-fences | FileCheck %s
//
// Shape S6c with S7: the operations are exchanged for dummies, and then who did it waits until its own
// reference was the last one.
//
// CHECK-DAG: "shape":"S6c"
// CHECK-DAG: "struct":"foo"
// CHECK-DAG: "lock":"unused"
// CHECK-DAG: "predicate":"ops"
// CHECK-DAG: "teardown":"foo_gone"
// CHECK-DAG: "doors":["foo_start"]

#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/slab.h>

struct foo;

struct foo_ops {
	int (*start)(struct foo *foo);
	int (*stop)(struct foo *foo);
};

struct foo {
	struct kref ref;
	struct completion unused;	/* ref is zero */
	const struct foo_ops *ops;
};

static int nodrv_start(struct foo *foo)
{
	return -ENODEV;
}

static int nodrv_stop(struct foo *foo)
{
	return -ENODEV;
}

static const struct foo_ops nodrv_ops = {
	.start = nodrv_start,
	.stop = nodrv_stop,
};

static void foo_unused(struct kref *ref)
{
	complete(&container_of(ref, struct foo, ref)->unused);
}

int foo_start(struct foo *foo)
{
	int ret;

	kref_get(&foo->ref);
	ret = foo->ops->start(foo);
	kref_put(&foo->ref, foo_unused);
	return ret;
}
EXPORT_SYMBOL_GPL(foo_start);

void foo_gone(struct foo *foo)
{
	foo->ops = &nodrv_ops;
	kref_put(&foo->ref, foo_unused);
	wait_for_completion(&foo->unused);
}
EXPORT_SYMBOL_GPL(foo_gone);
