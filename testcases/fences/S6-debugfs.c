// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-jsonl | FileCheck %s
//
// Shape S6: the core fences the door, the driver has no fence to infer.
//
// CHECK-NOT: "type":"fence"
// CHECK: "function":"foo_read"{{.*}}"verdict":"core-fenced"
// CHECK-NOT: "type":"fence"

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct foo {
	void __iomem *base;
	struct dentry *dir;
};

static ssize_t foo_read(struct file *file, char __user *buf, size_t len,
		      loff_t *pos)
{
	struct foo *foo = file->private_data;
	u32 val = readl(foo->base);

	return simple_read_from_buffer(buf, len, pos, &val, sizeof(val));
}

static const struct file_operations foo_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = foo_read,
};

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo;

	foo = devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL);
	if (!foo)
		return -ENOMEM;
	foo->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(foo->base))
		return PTR_ERR(foo->base);
	platform_set_drvdata(pdev, foo);
	foo->dir = debugfs_create_dir("foo", NULL);
	debugfs_create_file("status", 0400, foo->dir, foo, &foo_fops);
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
	.driver = {
		.name = "foo",
	},
};
module_platform_driver(foo_driver);

MODULE_DESCRIPTION("foo");
MODULE_LICENSE("GPL");
