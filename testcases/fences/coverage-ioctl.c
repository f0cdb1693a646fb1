// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-jsonl >%t.all
// RUN: grep '"type":"coverage"' %t.all | FileCheck %s
// RUN: %unit --unit %t.unit.json --output %t.cut --budget 5
// RUN: grep '"type":"coverage"' %t.cut | FileCheck --check-prefix=CUT %s
//
// The coverage matrix has a line for each door and for each command of an ioctl, wherever the command is
// looked at: in the door, in a function that is handed it, in a switch or in a comparison.
//
// CHECK-NOT: "command":"",{{.*}}"function":"foo_ioctl"
// CHECK: "command":"FOO_GET","fences":[{{.*}}"lock":"lock",{{.*}}"predicate":"gone"{{.*}}"state":"fenced"
// CHECK: "command":"FOO_PEEK","fences":[],{{.*}}"reason":"no fence is held",{{.*}}"state":"not fenced",{{.*}}"touch":{"does":"accesses registers through 'base'"
// CHECK: "command":"FOO_LATE",{{.*}}"reason":"'lock' was released since the test of 'gone'",{{.*}}"state":"not fenced"
// CHECK: "command":"FOO_SEND","fences":[{{.*}}"reason":"by its calls of other units: what they touch is not seen",{{.*}}"state":"fenced"
// CHECK: "command":"FOO_NAME","fences":[],{{.*}}"state":"own memory only"
// CHECK: "command":"FOO_BOTH",{{.*}}"state":"not fenced"
// CHECK: "command":"FOO_FALLS",{{.*}}"state":"not fenced"
// CHECK: "command":"default","fences":[],{{.*}}"state":"own memory only"
// CHECK: "command":"FOO_RESET",{{.*}}"state":"not fenced"
// CHECK: "command":"FOO_SET",{{.*}}"state":"fenced"
// CHECK: "command":"FOO_CLEAR",{{.*}}"state":"own memory only"
// CHECK: "command":"","fences":[],{{.*}}"function":"foo_release",{{.*}}"state":"own memory only"
//
// What the budget cut is not known, and said to be so.
//
// CUT: "command":"FOO_NAME","fences":[],{{.*}}"reason":"the budget cut the exploration",{{.*}}"state":"not analysed"

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

#define FOO_GET _IO('f', 1)
#define FOO_PEEK _IO('f', 2)
#define FOO_LATE _IO('f', 3)
#define FOO_NAME _IO('f', 4)
#define FOO_BOTH _IO('f', 5)
#define FOO_FALLS _IO('f', 6)
#define FOO_RESET _IO('f', 7)
#define FOO_SET _IO('f', 8)
#define FOO_CLEAR _IO('f', 9)
#define FOO_SEND _IO('f', 10)

void foo_send(struct foo *foo);

static long foo_more(struct foo *foo, unsigned int nr, unsigned long arg)
{
	switch (nr) {
	case FOO_SET:
		mutex_lock(&foo->lock);
		if (!foo->gone)
			writel(arg, foo->base);
		mutex_unlock(&foo->lock);
		return 0;
	case FOO_CLEAR:
		return 0;
	}
	return -ENOTTY;
}

static long foo_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct foo *foo = file->private_data;
	long ret = 0;

	switch (cmd) {
	case FOO_GET:
		mutex_lock(&foo->lock);
		if (!foo->gone)
			ret = readl(foo->base);
		mutex_unlock(&foo->lock);
		return ret;
	case FOO_PEEK:
		return readl(foo->base);
	case FOO_LATE:
		mutex_lock(&foo->lock);
		if (foo->gone)
			ret = -ENODEV;
		mutex_unlock(&foo->lock);
		if (!ret)
			writel(arg, foo->base);
		break;
	case FOO_SEND:
		mutex_lock(&foo->lock);
		if (!foo->gone)
			foo_send(foo);
		mutex_unlock(&foo->lock);
		break;
	case FOO_NAME:
		return 7;
	case FOO_BOTH:
		ret = 1;
	case FOO_FALLS:
		writel(ret, foo->base);
		break;
	default:
		ret = -ENOTTY;
	}
	if (cmd == FOO_RESET) {
		writel(0, foo->base);
		return 0;
	}
	return ret == -ENOTTY ? foo_more(foo, cmd, arg) : ret;
}

static const struct file_operations foo_fops = {
	.owner = THIS_MODULE,
	.open = foo_open,
	.release = foo_release,
	.unlocked_ioctl = foo_ioctl,
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
