// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The last of close and unbind frees the object, under a lock outside of it.

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

static DEFINE_MUTEX(motor_lock);

static int motor_open(struct inode *inode, struct file *file)
{
	struct motor *motor = container_of(inode->i_cdev, struct motor, cdev);

	mutex_lock(&motor_lock);
	motor->opened++;
	mutex_unlock(&motor_lock);
	file->private_data = motor;
	return 0;
}

static int motor_release(struct inode *inode, struct file *file)
{
	struct motor *motor = file->private_data;

	mutex_lock(&motor_lock);
	if (!--motor->opened && motor->gone)
		kfree(motor);
	mutex_unlock(&motor_lock);
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
	mutex_lock(&motor_lock);
	motor->gone = true;
	if (!motor->opened)
		kfree(motor);
	mutex_unlock(&motor_lock);
}

static struct platform_driver motor_driver = {
	.probe = motor_probe,
	.remove = motor_remove,
	.driver = { .name = "motor" },
};
module_platform_driver(motor_driver);
