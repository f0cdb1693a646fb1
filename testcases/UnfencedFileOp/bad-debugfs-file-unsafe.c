// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// Shape S6, near miss: debugfs_create_file_unsafe() has no such proxy, and this
// table takes no debugfs_file_get() either.

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct dump {
	void __iomem *base;
	struct dentry *dir;
};

static ssize_t dump_read(struct file *file, char __user *buf, size_t len,
			loff_t *pos)
{
	struct dump *dump = file->private_data;
	u32 val = readl(dump->base);
	// expected-warning@-1{{and no fence excludes the two}}
	// expected-warning@-2{{uses 'struct dump', which devres frees}}

	return simple_read_from_buffer(buf, len, pos, &val, sizeof(val));
}

static const struct file_operations dump_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = dump_read,
};

static int dump_probe(struct platform_device *pdev)
{
	struct dump *dump;

	dump = devm_kzalloc(&pdev->dev, sizeof(*dump), GFP_KERNEL);
	if (!dump)
		return -ENOMEM;
	dump->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(dump->base))
		return PTR_ERR(dump->base);
	platform_set_drvdata(pdev, dump);
	dump->dir = debugfs_create_dir("dump", NULL);
	debugfs_create_file_unsafe("status", 0400, dump->dir, dump, &dump_fops);
	return 0;
}

static void dump_remove(struct platform_device *pdev)
{
	struct dump *dump = platform_get_drvdata(pdev);

	debugfs_remove(dump->dir);
}

static struct platform_driver dump_driver = {
	.probe = dump_probe,
	.remove = dump_remove,
	.driver = {
		.name = "dump",
	},
};
module_platform_driver(dump_driver);

MODULE_DESCRIPTION("dump");
MODULE_LICENSE("GPL");
