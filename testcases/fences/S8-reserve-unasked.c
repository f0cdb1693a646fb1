// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-jsonl | FileCheck %s
//
// Near miss of S8-reserve.c: nobody looks whether the exchange found users.
//
// CHECK-NOT: "type":"fence"
// CHECK: "status":"ok"{{.*}}"type":"unit"

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
	atomic_cmpxchg(&foo->users, 0, -1);
	kfree(foo->buffer);
	foo->buffer = NULL;
	return 0;
}
EXPORT_SYMBOL_GPL(foo_free_buffer);
