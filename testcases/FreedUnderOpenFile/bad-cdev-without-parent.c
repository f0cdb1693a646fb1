// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The object goes with its last reference, and release() may put that one. The VFS
// puts the cdev in the object after release().

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct scope {
	struct device dev;
	struct cdev cdev;
	u32 level;
};

static int scope_open(struct inode *inode, struct file *file)
{
	struct scope *scope = container_of(inode->i_cdev, struct scope, cdev);

	get_device(&scope->dev);
	file->private_data = scope;
	return 0;
}

static int scope_release(struct inode *inode, struct file *file)
{
	struct scope *scope = file->private_data;

	put_device(&scope->dev);
	return 0;
}

static const struct file_operations scope_fops = {
	.owner = THIS_MODULE,
	.open = scope_open,
	.release = scope_release,
};

static void scope_dev_release(struct device *dev)
{
	kfree(container_of(dev, struct scope, dev));
}

static int scope_probe(struct platform_device *pdev)
{
	struct scope *scope = kzalloc(sizeof(*scope), GFP_KERNEL);
	int ret;

	if (!scope)
		return -ENOMEM;
	device_initialize(&scope->dev);
	scope->dev.release = scope_dev_release;
	cdev_init(&scope->cdev, &scope_fops);
	platform_set_drvdata(pdev, scope);
	ret = cdev_add(&scope->cdev, scope->dev.devt, 1);
	// expected-warning@-1{{The cdev that 'scope_probe' adds has no parent, and 'scope_release' may free 'struct scope', which it lies in, while the file holds it}}
	if (!ret)
		ret = device_add(&scope->dev);
	if (ret)
		put_device(&scope->dev);
	return ret;
}

static void scope_remove(struct platform_device *pdev)
{
	struct scope *scope = platform_get_drvdata(pdev);

	device_del(&scope->dev);
	cdev_del(&scope->cdev);
	put_device(&scope->dev);
}

static struct platform_driver scope_driver = {
	.probe = scope_probe,
	.remove = scope_remove,
	.driver = { .name = "scope" },
};
module_platform_driver(scope_driver);
