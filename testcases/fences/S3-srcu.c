// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-fences | FileCheck %s
//
// Shape S3: SRCU and a pointer.
//
// CHECK-DAG: "shape":"S3"
// CHECK-DAG: "struct":"foo"
// CHECK-DAG: "lock":"srcu"
// CHECK-DAG: "predicate":"base"
// CHECK-DAG: "teardown":"foo_remove"
// CHECK-DAG: "mode":"shared"
// CHECK-DAG: "doors":["foo_read"]

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/srcu.h>

struct foo {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct srcu_struct srcu;
};

static void foo_free(struct kref *ref)
{
	struct foo *foo = container_of(ref, struct foo, ref);

	cleanup_srcu_struct(&foo->srcu);
	kfree(foo);
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
	void __iomem *base;
	u32 val;
	int idx;

	idx = srcu_read_lock(&foo->srcu);
	base = srcu_dereference(foo->base, &foo->srcu);
	if (!base) {
		srcu_read_unlock(&foo->srcu, idx);
		return -ENODEV;
	}
	val = readl(base);
	srcu_read_unlock(&foo->srcu, idx);
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
	ret = init_srcu_struct(&foo->srcu);
	if (ret) {
		kfree(foo);
		return ret;
	}
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
	rcu_assign_pointer(foo->base, NULL);
	synchronize_srcu(&foo->srcu);
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
