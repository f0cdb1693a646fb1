// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The debugfs proxy fences read and write, not release: a file that stays open
// past debugfs_remove() runs it on unmapped registers.

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct trace {
	void __iomem *base;
	struct dentry *dir;
};

struct trace_file {
	struct trace *trace;
	char line[64];
};

static int trace_open(struct inode *inode, struct file *file)
{
	struct trace_file *f;

	f = kzalloc(sizeof(*f), GFP_KERNEL);
	if (!f)
		return -ENOMEM;
	f->trace = inode->i_private;
	file->private_data = f;
	return 0;
}

static ssize_t trace_read(struct file *file, char __user *buf, size_t len,
			loff_t *pos)
{
	struct trace_file *f = file->private_data;
	int n = scnprintf(f->line, sizeof(f->line), "%x\n", readl(f->trace->base));

	return simple_read_from_buffer(buf, len, pos, f->line, n);
}

static int trace_release(struct inode *inode, struct file *file)
{
	struct trace_file *f = file->private_data;

	writel(0, f->trace->base + 4);
	// expected-warning@-1{{and no fence excludes the two}}
	// expected-warning@-2{{uses 'struct trace', which devres frees}}
	kfree(f);
	return 0;
}

static const struct file_operations trace_fops = {
	.owner = THIS_MODULE,
	.open = trace_open,
	.read = trace_read,
	.release = trace_release,
};

static int trace_probe(struct platform_device *pdev)
{
	struct trace *trace;

	trace = devm_kzalloc(&pdev->dev, sizeof(*trace), GFP_KERNEL);
	if (!trace)
		return -ENOMEM;
	trace->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(trace->base))
		return PTR_ERR(trace->base);
	platform_set_drvdata(pdev, trace);
	trace->dir = debugfs_create_dir("trace", NULL);
	debugfs_create_file("trace", 0400, trace->dir, trace, &trace_fops);
	return 0;
}

static void trace_remove(struct platform_device *pdev)
{
	struct trace *trace = platform_get_drvdata(pdev);

	debugfs_remove(trace->dir);
}

static struct platform_driver trace_driver = {
	.probe = trace_probe,
	.remove = trace_remove,
	.driver = {
		.name = "trace",
	},
};
module_platform_driver(trace_driver);

MODULE_DESCRIPTION("trace");
MODULE_LICENSE("GPL");
