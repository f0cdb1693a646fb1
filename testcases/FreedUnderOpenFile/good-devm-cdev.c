// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// cdev_alloc() keeps the cdev by itself, and the file keeps nothing else.

#include <linux/cdev.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct lamp {
	struct cdev *cdev;
	u32 level;
};

static int lamp_open(struct inode *inode, struct file *file)
{
	return 0;
}

static int lamp_release(struct inode *inode, struct file *file)
{

	return 0;
}

static const struct file_operations lamp_fops = {
	.owner = THIS_MODULE,
	.open = lamp_open,
	.release = lamp_release,
};

static int lamp_probe(struct platform_device *pdev)
{
	struct lamp *lamp = devm_kzalloc(&pdev->dev, sizeof(*lamp), GFP_KERNEL);

	if (!lamp)
		return -ENOMEM;
	platform_set_drvdata(pdev, lamp);
	lamp->cdev = cdev_alloc();
	lamp->cdev->ops = &lamp_fops;
	return cdev_add(lamp->cdev, 0, 1);
}

static void lamp_remove(struct platform_device *pdev)
{
	struct lamp *lamp = platform_get_drvdata(pdev);

	cdev_del(lamp->cdev);
}

static struct platform_driver lamp_driver = {
	.probe = lamp_probe,
	.remove = lamp_remove,
	.driver = { .name = "lamp" },
};
module_platform_driver(lamp_driver);
