// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-fences | FileCheck %s
//
// Shape S8: the last reference is dropped only if it is the last.
//
// CHECK-DAG: "shape":"S8"
// CHECK-DAG: "struct":"foo"
// CHECK-DAG: "lock":"users"
// CHECK-DAG: "predicate":"users"
// CHECK-DAG: "teardown":"foo_free_buffer"
// CHECK-DAG: "doors":["foo_peek"]

#include <linux/refcount.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct foo {
	refcount_t users;	/* 0: there is no buffer */
	char *buffer;
};

int foo_peek(struct foo *foo, unsigned int at)
{
	int ret;

	if (!refcount_inc_not_zero(&foo->users))
		return -ENOENT;
	ret = foo->buffer[at];
	refcount_dec(&foo->users);
	return ret;
}
EXPORT_SYMBOL_GPL(foo_peek);

int foo_free_buffer(struct foo *foo)
{
	if (!refcount_dec_if_one(&foo->users))
		return -EBUSY;
	kfree(foo->buffer);
	foo->buffer = NULL;
	return 0;
}
EXPORT_SYMBOL_GPL(foo_free_buffer);
