// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-fences | FileCheck %s
//
// Shape S6c: the operations are exchanged for dummies under the lock that every call through them holds.
//
// CHECK-DAG: "shape":"S6c"
// CHECK-DAG: "struct":"foo"
// CHECK-DAG: "lock":"lock"
// CHECK-DAG: "predicate":"ops"
// CHECK-DAG: "teardown":"foo_gone"
// CHECK-DAG: "doors":["foo_start"]

#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

struct foo;

struct foo_ops {
	int (*start)(struct foo *foo);
	int (*stop)(struct foo *foo);
};

struct foo {
	struct mutex lock;	/* protects ops */
	const struct foo_ops *ops;
	int starts;
};

static int nodrv_start(struct foo *foo)
{
	return -ENXIO;
}

static int nodrv_stop(struct foo *foo)
{
	return -ENXIO;
}

static const struct foo_ops nodrv_ops = {
	.start = nodrv_start,
	.stop = nodrv_stop,
};

int foo_start(struct foo *foo)
{
	int ret;

	mutex_lock(&foo->lock);
	ret = foo->ops->start(foo);
	mutex_unlock(&foo->lock);
	return ret;
}
EXPORT_SYMBOL_GPL(foo_start);

void foo_gone(struct foo *foo)
{
	mutex_lock(&foo->lock);
	foo->ops = &nodrv_ops;
	mutex_unlock(&foo->lock);
}
EXPORT_SYMBOL_GPL(foo_gone);
