// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-fences | FileCheck %s
//
// Shape S6a: the flag is cleared, and then debugfs waits for the operations that saw it set. The gate is
// debugfs's own, so there is no lock to name.
//
// CHECK-DAG: "shape":"S6a"
// CHECK-DAG: "struct":""
// CHECK-DAG: "lock":""
// CHECK-DAG: "predicate":"present"
// CHECK-DAG: "predicate_struct":"foo"
// CHECK-DAG: "teardown":"foo_remove"
// CHECK-DAG: "doors":["foo_read"]

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/wait.h>

struct foo {
	bool present;
	int events;
	wait_queue_head_t wait;
	struct dentry *file;
};

static ssize_t foo_read(struct file *file, char __user *buf, size_t len,
			loff_t *pos)
{
	struct foo *foo = file->private_data;

	if (wait_event_interruptible(foo->wait, foo->events || !foo->present))
		return -ERESTARTSYS;
	if (!foo->present)
		return -EIO;
	return foo->events--;
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
	init_waitqueue_head(&foo->wait);
	foo->present = true;
	platform_set_drvdata(pdev, foo);
	foo->file = debugfs_create_file("events", 0400, NULL, foo, &foo_fops);
	return 0;
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	foo->present = false;
	wake_up_all(&foo->wait);
	debugfs_remove(foo->file);
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
