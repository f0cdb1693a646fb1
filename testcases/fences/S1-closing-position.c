// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-jsonl | FileCheck %s
//
// Near miss of S1-closing.c: what is set to zero is a position, with which readers count.
//
// CHECK-NOT: "type":"fence"
// CHECK: "status":"ok"{{.*}}"type":"unit"

#include <linux/module.h>
#include <linux/rwsem.h>
#include <linux/slab.h>

struct foo {
	struct rw_semaphore sem;	/* protects buffer against foo_reset() */
	int left;
	char buffer[64];
};

int foo_take(struct foo *foo)
{
	int ret = -EAGAIN;

	down_read(&foo->sem);
	if (!foo->left)
		goto unlock;
	foo->left--;
	ret = foo->buffer[foo->left];
unlock:
	up_read(&foo->sem);
	return ret;
}
EXPORT_SYMBOL_GPL(foo_take);

void foo_reset(struct foo *foo)
{
	down_write(&foo->sem);
	foo->left = 0;
	up_write(&foo->sem);
}
EXPORT_SYMBOL_GPL(foo_reset);
