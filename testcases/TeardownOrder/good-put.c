// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The put comes last.

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct foo {
	struct kref ref;
	struct mutex lock;
	struct list_head items;
};

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
	mutex_init(&foo->lock);
	INIT_LIST_HEAD(&foo->items);
	platform_set_drvdata(pdev, foo);
	return 0;
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	mutex_lock(&foo->lock);
	INIT_LIST_HEAD(&foo->items);
	mutex_unlock(&foo->lock);
	kref_put(&foo->ref, foo_free);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
