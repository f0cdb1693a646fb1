// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The reference that the lookup took is put; remove() has another.

#include <linux/kref.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct foo {
	struct kref ref;
	int value;
};

static struct foo *foo_one;

static void foo_free(struct kref *ref)
{
	kfree(container_of(ref, struct foo, ref));
}

static struct foo *foo_find(void)
{
	kref_get(&foo_one->ref);
	return foo_one;
}

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	kref_init(&foo->ref);
	foo_one = foo;
	platform_set_drvdata(pdev, foo);
	return 0;
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = foo_find();

	kref_put(&foo->ref, foo_free);
	foo->value = 0;
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
