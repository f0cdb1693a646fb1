// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-fences | FileCheck %s
//
// Shape S2, closed by the release of the file that made the object.
//
// CHECK-DAG: "shape":"S2"
// CHECK-DAG: "struct":"foo"
// CHECK-DAG: "lock":"lock"
// CHECK-DAG: "predicate":"open"
// CHECK-DAG: "teardown":"foo_close"
// CHECK-DAG: "root":"foo_release"
// CHECK-DAG: "doors":["foo_work"]

#include <linux/anon_inodes.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

struct foo {
	struct mutex lock;	/* protects open and text */
	bool open;
	char text[16];
	struct work_struct work;
};

static void foo_work(struct work_struct *work)
{
	struct foo *foo = container_of(work, struct foo, work);

	mutex_lock(&foo->lock);
	if (!foo->open) {
		mutex_unlock(&foo->lock);
		return;
	}
	foo->text[0]++;
	mutex_unlock(&foo->lock);
}

static void foo_close(struct foo *foo)
{
	mutex_lock(&foo->lock);
	foo->open = false;
	mutex_unlock(&foo->lock);
}

static int foo_release(struct inode *inode, struct file *file)
{
	struct foo *foo = file->private_data;

	foo_close(foo);
	cancel_work_sync(&foo->work);
	kfree(foo);
	return 0;
}

static const struct file_operations foo_fops = {
	.owner = THIS_MODULE,
	.release = foo_release,
};

int foo_new(void)
{
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);
	int fd;

	if (!foo)
		return -ENOMEM;
	mutex_init(&foo->lock);
	INIT_WORK(&foo->work, foo_work);
	foo->open = true;
	fd = anon_inode_getfd("foo", &foo_fops, foo, O_RDWR);
	if (fd < 0)
		kfree(foo);
	return fd;
}
EXPORT_SYMBOL_GPL(foo_new);
