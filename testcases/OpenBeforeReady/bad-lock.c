// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// RUN: %strongfence-jsonl | FileCheck %s
//
// misc_register() opens the door: read() may take the lock before it is one.
//
// CHECK: "door":"foo_read"{{.*}}"function":"foo_probe"{{.*}}"rule":"OpenBeforeReady"

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>

struct foo {
	struct miscdevice misc;
	struct mutex lock;
	int value;
};

static ssize_t foo_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct foo *foo = container_of(file->private_data, struct foo, misc);

	mutex_lock(&foo->lock);
	foo->value++;
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
	mutex_init(&foo->lock);
	// expected-warning@-1{{'foo_probe' initialises 'lock' of 'struct foo' after 'misc_register' has published the misc device, whose 'foo_read' uses it}}
	return 0;
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.driver = { .name = "foo", .suppress_bind_attrs = true },
};
module_platform_driver(foo_driver);
