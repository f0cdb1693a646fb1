// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The reference that was the driver data is put, and the object is used after it.

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
	struct foo *foo = platform_get_drvdata(pdev);
	kref_put(&foo->ref, foo_free);
	foo->value = 0;
	// expected-warning@-1{{'foo_remove' puts 'foo', which the last put frees, and uses it afterwards}}
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
