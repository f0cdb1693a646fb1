// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Shape S6 with a seq_file: the show callback runs inside the proxied read.

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct stats {
	void __iomem *base;
	struct dentry *dir;
};

static int stats_show(struct seq_file *m, void *v)
{
	struct stats *stats = m->private;

	seq_printf(m, "%u\n", readl(stats->base));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static int stats_probe(struct platform_device *pdev)
{
	struct stats *stats;

	stats = devm_kzalloc(&pdev->dev, sizeof(*stats), GFP_KERNEL);
	if (!stats)
		return -ENOMEM;
	stats->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(stats->base))
		return PTR_ERR(stats->base);
	platform_set_drvdata(pdev, stats);
	stats->dir = debugfs_create_dir("stats", NULL);
	debugfs_create_file("stats", 0400, stats->dir, stats, &stats_fops);
	return 0;
}

static void stats_remove(struct platform_device *pdev)
{
	struct stats *stats = platform_get_drvdata(pdev);

	debugfs_remove(stats->dir);
}

static struct platform_driver stats_driver = {
	.probe = stats_probe,
	.remove = stats_remove,
	.driver = {
		.name = "stats",
	},
};
module_platform_driver(stats_driver);

MODULE_DESCRIPTION("stats");
MODULE_LICENSE("GPL");
