// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-jsonl | FileCheck %s
//
// Near miss of S1-closing.c: who drops the engine shares the lock with who uses it.
//
// CHECK-NOT: "type":"fence"
// CHECK: "status":"ok"{{.*}}"type":"unit"

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
	down_read(&foo->sem);
	foo_drop_engine(foo);
	up_read(&foo->sem);
}
EXPORT_SYMBOL_GPL(foo_hangup);
