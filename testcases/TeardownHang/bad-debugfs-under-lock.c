// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// debugfs_remove() waits for the reader, and the reader for the lock that remove() holds.

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/seq_file.h>

struct bridge {
	struct dentry *state;
	struct mutex lock;
	int mode;
};

static int bridge_show(struct seq_file *seq, void *unused)
{
	struct bridge *bridge = seq->private;

	mutex_lock(&bridge->lock);
	seq_printf(seq, "%d\n", bridge->mode);
	mutex_unlock(&bridge->lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(bridge);

static int bridge_probe(struct platform_device *pdev)
{
	struct bridge *bridge;

	bridge = devm_kzalloc(&pdev->dev, sizeof(*bridge), GFP_KERNEL);
	if (!bridge)
		return -ENOMEM;
	platform_set_drvdata(pdev, bridge);
	mutex_init(&bridge->lock);
	bridge->state = debugfs_create_file("state", 0444, NULL, bridge, &bridge_fops);
	return 0;
}

static void bridge_remove(struct platform_device *pdev)
{
	struct bridge *bridge = platform_get_drvdata(pdev);

	mutex_lock(&bridge->lock);
	bridge->mode = 0;
	debugfs_remove(bridge->state);
	// expected-warning@-1{{'bridge_remove' holds 'lock' while it waits in 'debugfs_remove' for 'bridge_show', which takes it}}
	mutex_unlock(&bridge->lock);
}

static struct platform_driver bridge_driver = {
	.probe = bridge_probe,
	.remove = bridge_remove,
	.driver = {
		.name = "bridge",
	},
};
module_platform_driver(bridge_driver);

MODULE_DESCRIPTION("bridge");
MODULE_LICENSE("GPL");
