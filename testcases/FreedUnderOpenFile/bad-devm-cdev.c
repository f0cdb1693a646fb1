// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The cdev lies in devm memory, and the VFS puts it when the file is closed.

#include <linux/cdev.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct lamp {
	struct cdev cdev;
	u32 level;
};

static int lamp_open(struct inode *inode, struct file *file)
{
	file->private_data = container_of(inode->i_cdev, struct lamp, cdev);
	return 0;
}

static int lamp_release(struct inode *inode, struct file *file)
{
	struct lamp *lamp = file->private_data;

	lamp->level = 0;
	// expected-warning@-1{{'lamp_release' uses 'struct lamp', which devres frees after 'lamp_remove' while files are open}}
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
	cdev_init(&lamp->cdev, &lamp_fops);
	return cdev_add(&lamp->cdev, 0, 1);
}

static void lamp_remove(struct platform_device *pdev)
{
	struct lamp *lamp = platform_get_drvdata(pdev);

	cdev_del(&lamp->cdev);
}

static struct platform_driver lamp_driver = {
	.probe = lamp_probe,
	.remove = lamp_remove,
	.driver = { .name = "lamp" },
};
module_platform_driver(lamp_driver);
