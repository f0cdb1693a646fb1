// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// What is initialised in one arm of an if is not judged: whether the operation that needs it can
// come without it is not known.

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>

struct foo {
	struct miscdevice misc;
	struct mutex lock;
	bool shared;
};

static ssize_t foo_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct foo *foo = container_of(file->private_data, struct foo, misc);

	mutex_lock(&foo->lock);
	mutex_unlock(&foo->lock);
	return 0;
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
	if (foo->shared)
		mutex_init(&foo->lock);
	return 0;
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.driver = { .name = "foo", .suppress_bind_attrs = true },
};
module_platform_driver(foo_driver);
