// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-fences | FileCheck %s
//
// Shape S5: a list and the lock that guards it.
//
// CHECK-DAG: "shape":"S5"
// CHECK-DAG: "lock":"fan_lock"
// CHECK-DAG: "teardown":"fan_remove"
// CHECK-DAG: "doors":["fan_ioctl"]

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

/* The file holds a number; the device is looked up for each operation. */
struct fan {
	struct list_head node;
	int id;
	void __iomem *base;
};

static LIST_HEAD(fan_list);
static DEFINE_MUTEX(fan_lock);

static struct fan *fan_find(int id)
{
	struct fan *fan;

	list_for_each_entry(fan, &fan_list, node)
		if (fan->id == id)
			return fan;
	return NULL;
}

static int fan_open(struct inode *inode, struct file *file)
{
	file->private_data = NULL;
	return 0;
}

static long fan_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct fan *fan;
	long ret = -ENODEV;

	mutex_lock(&fan_lock);
	fan = fan_find(cmd);
	if (fan) {
		writel(arg, fan->base);
		ret = 0;
	}
	mutex_unlock(&fan_lock);
	return ret;
}

static const struct file_operations fan_fops = {
	.owner = THIS_MODULE,
	.open = fan_open,
	.unlocked_ioctl = fan_ioctl,
};

static struct miscdevice fan_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "fan",
	.fops = &fan_fops,
};

static int fan_probe(struct platform_device *pdev)
{
	struct fan *fan;

	fan = devm_kzalloc(&pdev->dev, sizeof(*fan), GFP_KERNEL);
	if (!fan)
		return -ENOMEM;
	fan->id = pdev->id;
	fan->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(fan->base))
		return PTR_ERR(fan->base);
	platform_set_drvdata(pdev, fan);
	mutex_lock(&fan_lock);
	list_add(&fan->node, &fan_list);
	mutex_unlock(&fan_lock);
	return 0;
}

static void fan_remove(struct platform_device *pdev)
{
	struct fan *fan = platform_get_drvdata(pdev);

	mutex_lock(&fan_lock);
	list_del(&fan->node);
	mutex_unlock(&fan_lock);
}

static struct platform_driver fan_driver = {
	.probe = fan_probe,
	.remove = fan_remove,
	.driver = {
		.name = "fan",
	},
};

static int __init fan_init(void)
{
	int ret;

	ret = misc_register(&fan_misc);
	if (ret)
		return ret;
	ret = platform_driver_register(&fan_driver);
	if (ret)
		misc_deregister(&fan_misc);
	return ret;
}
module_init(fan_init);

static void __exit fan_exit(void)
{
	platform_driver_unregister(&fan_driver);
	misc_deregister(&fan_misc);
}
module_exit(fan_exit);

MODULE_DESCRIPTION("fan");
MODULE_LICENSE("GPL");
