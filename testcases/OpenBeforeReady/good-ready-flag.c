// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The operation asks a flag that probe() sets last.

#include <linux/fs.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>

struct foo {
	struct miscdevice misc;
	struct list_head items;
	bool ready;
};

static ssize_t foo_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct foo *foo = container_of(file->private_data, struct foo, misc);

	if (!foo->ready)
		return -EAGAIN;
	return list_empty(&foo->items) ? 0 : 1;
}

static const struct file_operations foo_fops = {
	.owner = THIS_MODULE,
	.read = foo_read,
};

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL);
	int ret;

	if (!foo)
		return -ENOMEM;
	foo->misc.fops = &foo_fops;
	ret = misc_register(&foo->misc);
	if (ret)
		return ret;
	INIT_LIST_HEAD(&foo->items);
	foo->ready = true;
	return 0;
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.driver = { .name = "foo", .suppress_bind_attrs = true },
};
module_platform_driver(foo_driver);
