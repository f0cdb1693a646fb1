// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-fences | FileCheck %s
//
// Shape S8: an idle count is exchanged for a dead one, and who finds users refuses.
//
// CHECK-DAG: "shape":"S8"
// CHECK-DAG: "struct":"foo"
// CHECK-DAG: "lock":"users"
// CHECK-DAG: "predicate":"users"
// CHECK-DAG: "teardown":"foo_free_buffer"
// CHECK-DAG: "doors":["foo_peek"]

#include <linux/atomic.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct foo {
	atomic_t users;		/* -1: there is no buffer */
	char *buffer;
};

int foo_peek(struct foo *foo, unsigned int at)
{
	int ret;

	if (!atomic_inc_unless_negative(&foo->users))
		return -ENOENT;
	ret = foo->buffer[at];
	atomic_dec(&foo->users);
	return ret;
}
EXPORT_SYMBOL_GPL(foo_peek);

int foo_free_buffer(struct foo *foo)
{
	int users = atomic_cmpxchg(&foo->users, 0, -1);

	if (users > 0)
		return -EBUSY;
	kfree(foo->buffer);
	foo->buffer = NULL;
	return 0;
}
EXPORT_SYMBOL_GPL(foo_free_buffer);
