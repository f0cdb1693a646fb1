// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-jsonl | FileCheck %s
//
// Near miss of S7-token.c: the wait ends with a signal, and teardown goes on with a file open.
//
// CHECK-NOT: "type":"fence"
// CHECK: "function":"foo_read"{{.*}}"verdict":"unfenced"
// CHECK-NOT: "type":"fence"

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct foo {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	atomic_t opened;		/* one at a time */
	struct completion closed;
};

static void foo_free(struct kref *ref)
{
	kfree(container_of(ref, struct foo, ref));
}

static int foo_open(struct inode *inode, struct file *file)
{
	struct foo *foo = container_of(file->private_data, struct foo, misc);

	if (atomic_cmpxchg(&foo->opened, 0, 1))
		return -EBUSY;
	file->private_data = foo;
	return 0;
}

static int foo_release(struct inode *inode, struct file *file)
{
	struct foo *foo = file->private_data;

	atomic_dec(&foo->opened);
	complete(&foo->closed);
	return 0;
}

static ssize_t foo_read(struct file *file, char __user *buf, size_t len,
			loff_t *pos)
{
	struct foo *foo = file->private_data;
	u32 val = readl(foo->base);

	return simple_read_from_buffer(buf, len, pos, &val, sizeof(val));
}

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
	init_completion(&foo->closed);
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
	while (atomic_cmpxchg(&foo->opened, 0, 1))
		if (wait_for_completion_interruptible(&foo->closed))
			break;
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
