// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// One command out of four, two static functions down, is not behind the fence.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define ROBOT_VERSION 2

struct robot {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void robot_free(struct kref *ref)
{
	kfree(container_of(ref, struct robot, ref));
}

static int robot_open(struct inode *inode, struct file *file)
{
	struct robot *robot = container_of(file->private_data, struct robot, misc);

	kref_get(&robot->ref);
	file->private_data = robot;
	return 0;
}

static int robot_release(struct inode *inode, struct file *file)
{
	struct robot *robot = file->private_data;

	kref_put(&robot->ref, robot_free);
	return 0;
}

static void robot_move(struct robot *robot, unsigned long steps)
{
	while (steps--)
		writel(1, robot->base);
}

static void robot_reset(struct robot *robot)
{
	writel(0, robot->base + 8);
	// expected-warning@-1{{and no fence excludes the two}}
}

static long robot_home(struct robot *robot)
{
	robot_reset(robot);
	return 0;
}

static long robot_do_motion(struct robot *robot, unsigned int cmd, unsigned long arg)
{
	long ret = 0;

	mutex_lock(&robot->lock);
	if (robot->gone) {
		ret = -ENODEV;
		goto unlock;
	}
	switch (cmd) {
	case 1:
		robot_move(robot, min(arg, 2UL));
		break;
	case 2:
		writel(arg, robot->base + 4);
		break;
	default:
		ret = -ENOTTY;
	}
unlock:
	mutex_unlock(&robot->lock);
	return ret;
}

static long robot_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct robot *robot = file->private_data;

	switch (cmd) {
	case 0:
		return put_user(ROBOT_VERSION, (u32 __user *)arg);
	case 3:
		return robot_home(robot);
	default:
		return robot_do_motion(robot, cmd, arg);
	}
}

static const struct file_operations robot_fops = {
	.owner = THIS_MODULE,
	.open = robot_open,
	.release = robot_release,
	.unlocked_ioctl = robot_ioctl,
};

static int robot_probe(struct platform_device *pdev)
{
	struct robot *robot;
	int ret;

	robot = kzalloc(sizeof(*robot), GFP_KERNEL);
	if (!robot)
		return -ENOMEM;
	kref_init(&robot->ref);
	mutex_init(&robot->lock);
	robot->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(robot->base)) {
		ret = PTR_ERR(robot->base);
		goto err_put;
	}
	robot->misc.minor = MISC_DYNAMIC_MINOR;
	robot->misc.name = "robot";
	robot->misc.fops = &robot_fops;
	robot->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, robot);
	ret = misc_register(&robot->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&robot->ref, robot_free);
	return ret;
}

static void robot_remove(struct platform_device *pdev)
{
	struct robot *robot = platform_get_drvdata(pdev);

	misc_deregister(&robot->misc);
	mutex_lock(&robot->lock);
	robot->gone = true;
	mutex_unlock(&robot->lock);
	kref_put(&robot->ref, robot_free);
}

static struct platform_driver robot_driver = {
	.probe = robot_probe,
	.remove = robot_remove,
	.driver = {
		.name = "robot",
	},
};
module_platform_driver(robot_driver);

MODULE_DESCRIPTION("robot");
MODULE_LICENSE("GPL");
