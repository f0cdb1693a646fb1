// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// A reader of the file asks whether the buffer is there.

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

struct ring {
	int count;
};

struct foo {
	struct dentry *dir;
	struct ring *ring;
};

static int status_show(struct seq_file *seq, void *unused)
{
	struct foo *foo = seq->private;

	if (!foo->ring)
		return -EAGAIN;
	seq_printf(seq, "%d\n", foo->ring->count);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(status);

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	platform_set_drvdata(pdev, foo);
	foo->dir = debugfs_create_dir("foo", NULL);
	debugfs_create_file("status", 0444, foo->dir, foo, &status_fops);
	foo->ring = kzalloc(sizeof(*foo->ring), GFP_KERNEL);
	if (!foo->ring) {
		debugfs_remove(foo->dir);
		return -ENOMEM;
	}
	return 0;
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	debugfs_remove(foo->dir);
	kfree(foo->ring);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
