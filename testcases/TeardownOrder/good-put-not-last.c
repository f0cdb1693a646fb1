// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Another put follows the removal: the first cannot be the one that frees.

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

struct foo {
	struct kref ref;
	struct dentry *dir;
	int value;
};

static void foo_free(struct kref *ref)
{
	kfree(container_of(ref, struct foo, ref));
}

static int value_show(struct seq_file *seq, void *unused)
{
	struct foo *foo = seq->private;

	seq_printf(seq, "%d\n", kref_read(&foo->ref));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(value);

static struct dentry *foo_dir;

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	kref_init(&foo->ref);
	kref_get(&foo->ref);
	platform_set_drvdata(pdev, foo);
	foo_dir = debugfs_create_dir("foo", NULL);
	debugfs_create_file("value", 0444, foo_dir, foo, &value_fops);
	return 0;
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	kref_put(&foo->ref, foo_free);
	debugfs_remove(foo_dir);
	kref_put(&foo->ref, foo_free);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
