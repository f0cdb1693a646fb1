// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-fences | FileCheck %s
//
// Shape S1, closed by what another unit's teardown calls. A reader that returns what it
// found keeps the lock when that is something.
//
// CHECK-DAG: "shape":"S1"
// CHECK-DAG: "struct":"foo"
// CHECK-DAG: "lock":"sem"
// CHECK-DAG: "mode":"shared"
// CHECK-DAG: "predicate":"engine"
// CHECK-DAG: "root":"foo_hangup"
// CHECK-DAG: "teardown":"foo_drop_engine"
// CHECK-DAG: "doors":["foo_kick"]

#include <linux/module.h>
#include <linux/rwsem.h>
#include <linux/slab.h>

struct engine {
	int (*kick)(struct engine *engine);
};

struct foo {
	struct rw_semaphore sem;	/* protects engine */
	struct engine *engine;
};

static struct engine *foo_get_engine(struct foo *foo)
{
	struct engine *engine;

	// CHECK-DAG: "acquire":{"file":"{{[^"]+}}","line":[[#@LINE+1]]}
	down_read(&foo->sem);
	engine = foo->engine;
	if (!engine)
		up_read(&foo->sem);
	return engine;
}

int foo_kick(struct foo *foo)
{
	struct engine *engine = foo_get_engine(foo);
	int ret;

	if (!engine)
		return -EIO;
	ret = engine->kick(engine);
	up_read(&foo->sem);
	return ret;
}
EXPORT_SYMBOL_GPL(foo_kick);

static void foo_drop_engine(struct foo *foo)
{
	kfree(foo->engine);
	foo->engine = NULL;
}

void foo_hangup(struct foo *foo)
{
	down_write(&foo->sem);
	foo_drop_engine(foo);
	up_write(&foo->sem);
}
EXPORT_SYMBOL_GPL(foo_hangup);
