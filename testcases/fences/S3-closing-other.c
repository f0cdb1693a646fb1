// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-jsonl | FileCheck %s
//
// Near miss of S3-closing.c: it waits for the readers of another lock.
//
// CHECK-NOT: "type":"fence"
// CHECK: "status":"ok"{{.*}}"type":"unit"

#include <linux/module.h>
#include <linux/cleanup.h>
#include <linux/slab.h>
#include <linux/srcu.h>

struct chip {
	int (*get)(struct chip *chip);
};

struct foo {
	struct srcu_struct srcu;	/* protects chip */
	struct srcu_struct list_srcu;
	struct chip __rcu *chip;
};

struct foo_guard {
	struct foo *foo;
	struct chip *chip;
	int idx;
};

DEFINE_CLASS(foo_guard, struct foo_guard,
	     srcu_read_unlock(&_T.foo->srcu, _T.idx),
	     ({
		struct foo_guard _guard;

		_guard.foo = foo;
		_guard.idx = srcu_read_lock(&_guard.foo->srcu);
		_guard.chip = srcu_dereference(_guard.foo->chip,
					       &_guard.foo->srcu);

		_guard;
	     }),
	     struct foo *foo)

int foo_get(struct foo *foo)
{
	CLASS(foo_guard, guard)(foo);

	if (!guard.chip)
		return -ENODEV;
	return guard.chip->get(guard.chip);
}
EXPORT_SYMBOL_GPL(foo_get);

void foo_gone(struct foo *foo)
{
	rcu_assign_pointer(foo->chip, NULL);
	synchronize_srcu(&foo->list_srcu);
}
EXPORT_SYMBOL_GPL(foo_gone);
