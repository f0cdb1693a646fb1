// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// dma_free_coherent() frees its third argument, not the device, which the file of debugfs shows.

#include <linux/debugfs.h>
#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

struct foo {
	struct device *owner;
	struct dentry *dir;
	dma_addr_t handle;
	int *samples;
};

static int samples_show(struct seq_file *seq, void *unused)
{
	struct foo *foo = seq->private;

	seq_printf(seq, "%d\n", !foo->owner);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(samples);

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	platform_set_drvdata(pdev, foo);
	foo->owner = &pdev->dev;
	foo->samples = dma_alloc_coherent(foo->owner, 64, &foo->handle, GFP_KERNEL);
	if (!foo->samples)
		return -ENOMEM;
	foo->dir = debugfs_create_dir("foo", NULL);
	debugfs_create_file("samples", 0444, foo->dir, foo, &samples_fops);
	return 0;
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	dma_free_coherent(foo->owner, 64, foo->samples, foo->handle);
	debugfs_remove(foo->dir);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
