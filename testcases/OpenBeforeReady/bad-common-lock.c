// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The lock covers the publication, but the operation does not take it.

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/wait.h>

static DEFINE_MUTEX(foo_mutex);

struct foo {
	struct miscdevice misc;
	wait_queue_head_t wait;
};

static ssize_t foo_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct foo *foo = container_of(file->private_data, struct foo, misc);

	wake_up(&foo->wait);
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
	mutex_lock(&foo_mutex);
	ret = misc_register(&foo->misc);
	if (!ret) {
		ret = 0;
	}
	init_waitqueue_head(&foo->wait);
	// expected-warning@-1{{'foo_probe' initialises 'wait' of 'struct foo' after 'misc_register' has published the misc device, whose 'foo_read' uses it}}
	mutex_unlock(&foo_mutex);
	return ret;
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.driver = { .name = "foo", .suppress_bind_attrs = true },
};
module_platform_driver(foo_driver);
