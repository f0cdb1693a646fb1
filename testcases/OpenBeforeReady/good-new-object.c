// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The object comes after the file, which finds it only when it is whole.

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

struct child {
	struct mutex lock;
	int value;
};

struct foo {
	struct dentry *dir;
	struct child *child;
};

static int status_show(struct seq_file *seq, void *unused)
{
	struct foo *foo = seq->private;
	struct child *child = foo->child;

	if (!child)
		return 0;
	mutex_lock(&child->lock);
	seq_printf(seq, "%d\n", child->value);
	mutex_unlock(&child->lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(status);

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL);
	struct child *child;

	if (!foo)
		return -ENOMEM;
	platform_set_drvdata(pdev, foo);
	foo->dir = debugfs_create_dir("foo", NULL);
	debugfs_create_file("status", 0444, foo->dir, foo, &status_fops);
	child = devm_kzalloc(&pdev->dev, sizeof(*child), GFP_KERNEL);
	if (!child)
		return 0;
	mutex_init(&child->lock);
	foo->child = child;
	return 0;
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	debugfs_remove(foo->dir);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
