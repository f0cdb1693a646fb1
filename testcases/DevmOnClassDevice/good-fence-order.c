// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The fence is shut first, so no read is left when the devres go.

#include <linux/cdev.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct foo {
	struct device dev;
	struct cdev cdev;
	struct mutex lock;
	bool gone;
	int *table;
};

static void foo_free(struct device *dev)
{
	kfree(container_of(dev, struct foo, dev));
}

static int foo_open(struct inode *inode, struct file *file)
{
	file->private_data = container_of(inode->i_cdev, struct foo, cdev);
	return 0;
}

static ssize_t foo_read(struct file *file, char __user *buf, size_t len,
			loff_t *pos)
{
	struct foo *foo = file->private_data;
	ssize_t ret = -ENODEV;

	mutex_lock(&foo->lock);
	if (!foo->gone)
		ret = copy_to_user(buf, foo->table, 4) ? -EFAULT : 4;
	mutex_unlock(&foo->lock);
	return ret;
}

static const struct file_operations foo_fops = {
	.owner = THIS_MODULE,
	.open = foo_open,
	.read = foo_read,
};

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);
	int ret;

	if (!foo)
		return -ENOMEM;
	mutex_init(&foo->lock);
	device_initialize(&foo->dev);
	foo->dev.parent = &pdev->dev;
	foo->dev.release = foo_free;
	dev_set_name(&foo->dev, "foo");
	foo->table = devm_kcalloc(&foo->dev, 4, sizeof(int), GFP_KERNEL);
	cdev_init(&foo->cdev, &foo_fops);
	platform_set_drvdata(pdev, foo);
	ret = cdev_device_add(&foo->cdev, &foo->dev);
	if (ret)
		put_device(&foo->dev);
	return ret;
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	mutex_lock(&foo->lock);
	foo->gone = true;
	mutex_unlock(&foo->lock);
	cdev_device_del(&foo->cdev, &foo->dev);
	put_device(&foo->dev);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
