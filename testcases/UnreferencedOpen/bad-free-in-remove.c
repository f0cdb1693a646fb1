// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// remove() frees what open() left in the file: the count is not asked.

#include <linux/cdev.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct motor {
	struct cdev cdev;
	struct mutex lock;
	int opened;
	bool gone;
};

static int motor_open(struct inode *inode, struct file *file)
{
	struct motor *motor = container_of(inode->i_cdev, struct motor, cdev);

	motor->opened++;
	file->private_data = motor;
	// expected-warning@-1{{'motor_open' keeps 'struct motor' without a reference, and 'motor_remove' frees it while the file is open}}
	return 0;
}

static int motor_release(struct inode *inode, struct file *file)
{
	struct motor *motor = file->private_data;

	motor->opened--;
	return 0;
}

static const struct file_operations motor_fops = {
	.owner = THIS_MODULE,
	.open = motor_open,
	.release = motor_release,
};

static int motor_probe(struct platform_device *pdev)
{
	struct motor *motor = kzalloc(sizeof(*motor), GFP_KERNEL);

	if (!motor)
		return -ENOMEM;
	platform_set_drvdata(pdev, motor);
	cdev_init(&motor->cdev, &motor_fops);
	return cdev_add(&motor->cdev, 0, 1);
}

static void motor_remove(struct platform_device *pdev)
{
	struct motor *motor = platform_get_drvdata(pdev);

	cdev_del(&motor->cdev);
	kfree(motor);
}

static struct platform_driver motor_driver = {
	.probe = motor_probe,
	.remove = motor_remove,
	.driver = { .name = "motor" },
};
module_platform_driver(motor_driver);
