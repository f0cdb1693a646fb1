// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Shape S6: proc_remove() waits for every operation of a proc_ops table and runs
// the release of the files that stay open.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>

struct laptop {
	void __iomem *base;
	struct proc_dir_entry *entry;
};

static ssize_t laptop_read(struct file *file, char __user *buf, size_t len,
			loff_t *pos)
{
	struct laptop *laptop = pde_data(file_inode(file));
	u32 val = readl(laptop->base);

	return simple_read_from_buffer(buf, len, pos, &val, sizeof(val));
}

static int laptop_close(struct inode *inode, struct file *file)
{
	struct laptop *laptop = pde_data(inode);

	writel(0, laptop->base);
	return 0;
}

static const struct proc_ops laptop_proc_ops = {
	.proc_read = laptop_read,
	.proc_release = laptop_close,
};

static int laptop_probe(struct platform_device *pdev)
{
	struct laptop *laptop;

	laptop = devm_kzalloc(&pdev->dev, sizeof(*laptop), GFP_KERNEL);
	if (!laptop)
		return -ENOMEM;
	laptop->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(laptop->base))
		return PTR_ERR(laptop->base);
	platform_set_drvdata(pdev, laptop);
	laptop->entry = proc_create_data("laptop", 0400, NULL, &laptop_proc_ops, laptop);
	return 0;
}

static void laptop_remove(struct platform_device *pdev)
{
	struct laptop *laptop = platform_get_drvdata(pdev);

	proc_remove(laptop->entry);
}

static struct platform_driver laptop_driver = {
	.probe = laptop_probe,
	.remove = laptop_remove,
	.driver = {
		.name = "laptop",
	},
};
module_platform_driver(laptop_driver);

MODULE_DESCRIPTION("laptop");
MODULE_LICENSE("GPL");
