// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-fences | FileCheck %s
//
// Shape S4: an active reference with a kill bit. The reference is lock and predicate.
//
// CHECK-DAG: "shape":"S4"
// CHECK-DAG: "struct":"foo"
// CHECK-DAG: "lock":"users"
// CHECK-DAG: "predicate":"users"
// CHECK-DAG: "teardown":"foo_remove"
// CHECK-DAG: "doors":["foo_read"]

#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/percpu-refcount.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct foo {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct percpu_ref users;
	struct completion idle;
};

static void foo_users_gone(struct percpu_ref *users)
{
	complete(&container_of(users, struct foo, users)->idle);
}

static void foo_free(struct kref *ref)
{
	struct foo *foo = container_of(ref, struct foo, ref);

	percpu_ref_exit(&foo->users);
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
	u32 val;

	if (!percpu_ref_tryget_live(&foo->users))
		return -ENODEV;
	val = readl(foo->base);
	percpu_ref_put(&foo->users);
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
	init_completion(&foo->idle);
	ret = percpu_ref_init(&foo->users, foo_users_gone, 0, GFP_KERNEL);
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
	percpu_ref_kill(&foo->users);
	wait_for_completion(&foo->idle);
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
