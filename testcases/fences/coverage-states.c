// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-jsonl | grep '"type":"coverage"' | FileCheck %s
//
// Doors that the core guards, that no exploration came to, or that leave a question open.
//
// CHECK-DAG: "function":"foo_status",{{.*}}"state":"proxied"
// CHECK-DAG: "function":"foo_far",{{.*}}"reason":"this unit does not show how the table is registered",{{.*}}"state":"not analysed"
// CHECK-DAG: "fences":[{{.*}}"lock":"lock"{{.*}}"function":"foo_read",{{.*}}"state":"fenced"

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/ioctl.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct foo {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void foo_free(struct kref *ref)
{
	kfree(container_of(ref, struct foo, ref));
}

static int foo_open(struct inode *inode, struct file *file)
{
	struct foo *foo = container_of(file->private_data, struct foo, misc);

	kref_get(&foo->ref);
	file->private_data = foo;
	return 0;
}

static int foo_release(struct inode *inode, struct file *file)
{
	struct foo *foo = file->private_data;

	kref_put(&foo->ref, foo_free);
	return 0;
}

static ssize_t foo_read(struct file *file, char __user *buf, size_t len,
		      loff_t *pos)
{
	struct foo *foo = file->private_data;
	u32 val;

	if (mutex_lock_interruptible(&foo->lock))
		return -ERESTARTSYS;
	if (foo->gone) {
		mutex_unlock(&foo->lock);
		return -ENODEV;
	}
	val = readl(foo->base);
	mutex_unlock(&foo->lock);
	return simple_read_from_buffer(buf, len, pos, &val, sizeof(val));
}

static ssize_t foo_status(struct file *file, char __user *buf, size_t len,
			  loff_t *pos)
{
	struct foo *foo = file->private_data;
	u32 val = readl(foo->base);

	return simple_read_from_buffer(buf, len, pos, &val, sizeof(val));
}

static const struct file_operations foo_status_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = foo_status,
};

static ssize_t foo_far(struct file *file, char __user *buf, size_t len,
		       loff_t *pos)
{
	return 0;
}

const struct file_operations foo_far_fops = {
	.owner = THIS_MODULE,
	.read = foo_far,
};

static const struct file_operations foo_fops = {
	.owner = THIS_MODULE,
	.open = foo_open,
	.release = foo_release,
	.read = foo_read,
};

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo;
	int ret;

	foo = kzalloc(sizeof(*foo), GFP_KERNEL);
	if (!foo)
		return -ENOMEM;
	kref_init(&foo->ref);
	mutex_init(&foo->lock);
	foo->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(foo->base)) {
		ret = PTR_ERR(foo->base);
		goto err_put;
	}
	foo->misc.minor = MISC_DYNAMIC_MINOR;
	foo->misc.name = "foo";
	foo->misc.fops = &foo_fops;
	foo->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, foo);
	debugfs_create_file("status", 0400, NULL, foo, &foo_status_fops);
	ret = misc_register(&foo->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&foo->ref, foo_free);
	return ret;
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	misc_deregister(&foo->misc);
	mutex_lock(&foo->lock);
	foo->gone = true;
	mutex_unlock(&foo->lock);
	kref_put(&foo->ref, foo_free);
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
