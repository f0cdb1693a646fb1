// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// DEFINE_DEBUGFS_ATTRIBUTE() makes operations that take the reference which
// debugfs_remove() waits for, so debugfs_create_file_unsafe() is right for it.

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct level {
	void __iomem *base;
	struct dentry *dir;
};

static int level_get(void *data, u64 *val)
{
	struct level *level = data;

	*val = readl(level->base);
	return 0;
}

static int level_set(void *data, u64 val)
{
	struct level *level = data;

	writel(val, level->base);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(level_fops, level_get, level_set, "%llu\n");

static int level_probe(struct platform_device *pdev)
{
	struct level *level;

	level = devm_kzalloc(&pdev->dev, sizeof(*level), GFP_KERNEL);
	if (!level)
		return -ENOMEM;
	level->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(level->base))
		return PTR_ERR(level->base);
	platform_set_drvdata(pdev, level);
	level->dir = debugfs_create_dir("level", NULL);
	debugfs_create_file_unsafe("level", 0600, level->dir, level, &level_fops);
	return 0;
}

static void level_remove(struct platform_device *pdev)
{
	struct level *level = platform_get_drvdata(pdev);

	debugfs_remove(level->dir);
}

static struct platform_driver level_driver = {
	.probe = level_probe,
	.remove = level_remove,
	.driver = {
		.name = "level",
	},
};
module_platform_driver(level_driver);

MODULE_DESCRIPTION("level");
MODULE_LICENSE("GPL");
