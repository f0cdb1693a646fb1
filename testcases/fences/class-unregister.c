// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-fences | FileCheck %s
//
// A class: the teardown is an exported function, the predicate the provider's operations.
//
// CHECK-DAG: "shape":"S1"
// CHECK-DAG: "struct":"sens"
// CHECK-DAG: "lock":"ops_sem"
// CHECK-DAG: "predicate":"ops"
// CHECK-DAG: "teardown":"sens_unregister"
// CHECK-DAG: "mode":"shared"
// CHECK-DAG: "doors":["sens_ioctl"]

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct sens;

struct sens_ops {
	int (*sample)(void *priv, u32 *val);
};

struct sens {
	struct device dev;
	struct cdev cdev;
	struct rw_semaphore ops_sem;
	const struct sens_ops *ops;	/* NULL once the provider is gone */
	void *priv;
};

static struct class *sens_class;
static dev_t sens_devt;

static void sens_free(struct device *dev)
{
	kfree(container_of(dev, struct sens, dev));
}

static int sens_open(struct inode *inode, struct file *file)
{
	file->private_data = container_of(inode->i_cdev, struct sens, cdev);
	return 0;
}

static long sens_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct sens *sens = file->private_data;
	u32 val;
	int ret;

	guard(rwsem_read)(&sens->ops_sem);
	if (!sens->ops)
		return -EIO;
	ret = sens->ops->sample(sens->priv, &val);
	if (ret)
		return ret;
	return put_user(val, (u32 __user *)arg);
}

static const struct file_operations sens_fops = {
	.owner = THIS_MODULE,
	.open = sens_open,
	.unlocked_ioctl = sens_ioctl,
};

struct sens *sens_register(struct device *parent, const struct sens_ops *ops,
			   void *priv)
{
	struct sens *sens;
	int ret;

	sens = kzalloc(sizeof(*sens), GFP_KERNEL);
	if (!sens)
		return ERR_PTR(-ENOMEM);
	init_rwsem(&sens->ops_sem);
	sens->ops = ops;
	sens->priv = priv;
	device_initialize(&sens->dev);
	sens->dev.class = sens_class;
	sens->dev.parent = parent;
	sens->dev.devt = sens_devt;
	sens->dev.release = sens_free;
	cdev_init(&sens->cdev, &sens_fops);
	ret = dev_set_name(&sens->dev, "sens");
	if (!ret)
		ret = cdev_device_add(&sens->cdev, &sens->dev);
	if (ret) {
		put_device(&sens->dev);
		return ERR_PTR(ret);
	}
	return sens;
}
EXPORT_SYMBOL_GPL(sens_register);

void sens_unregister(struct sens *sens)
{
	cdev_device_del(&sens->cdev, &sens->dev);
	down_write(&sens->ops_sem);
	sens->ops = NULL;
	up_write(&sens->ops_sem);
	put_device(&sens->dev);
}
EXPORT_SYMBOL_GPL(sens_unregister);

static int __init sens_init(void)
{
	int ret;

	sens_class = class_create("sens");
	if (IS_ERR(sens_class))
		return PTR_ERR(sens_class);
	ret = alloc_chrdev_region(&sens_devt, 0, 1, "sens");
	if (ret)
		class_destroy(sens_class);
	return ret;
}
module_init(sens_init);

static void __exit sens_exit(void)
{
	unregister_chrdev_region(sens_devt, 1);
	class_destroy(sens_class);
}
module_exit(sens_exit);

MODULE_DESCRIPTION("sens");
MODULE_LICENSE("GPL");
