// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-jsonl | FileCheck %s
//
// Near miss of S6c-lock.c: a call that is under way when the operations are exchanged is not waited for.
//
// CHECK-NOT: "type":"fence"
// CHECK: "status":"ok"{{.*}}"type":"unit"

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

	ret = foo->ops->start(foo);
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
