// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// remove() waits for those who are inside, and leaves the pointer where it is: the
// next one comes in and finds it.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/rwsem.h>
#include <linux/slab.h>

struct radio;

struct radio_ops {
	int (*level)(struct radio *radio);
	int (*tune)(struct radio *radio, unsigned long value);
};

struct radio {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct rw_semaphore gate;
	const struct radio_ops *ops;
};

static void radio_free(struct kref *ref)
{
	kfree(container_of(ref, struct radio, ref));
}

static int radio_open(struct inode *inode, struct file *file)
{
	struct radio *radio = container_of(file->private_data, struct radio, misc);

	kref_get(&radio->ref);
	file->private_data = radio;
	return 0;
}

static int radio_release(struct inode *inode, struct file *file)
{
	struct radio *radio = file->private_data;

	kref_put(&radio->ref, radio_free);
	return 0;
}

static ssize_t radio_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct radio *radio = file->private_data;
	int ret = -ENODEV;

	down_read(&radio->gate);
	if (!radio->ops)
		goto unlock;
	ret = radio->ops->level(radio);
unlock:
	up_read(&radio->gate);
	return ret;
}

static long radio_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct radio *radio = file->private_data;
	long ret = -ENODEV;

	down_read(&radio->gate);
	if (!radio->ops)
		goto unlock;
	ret = radio->ops->tune(radio, arg);
unlock:
	up_read(&radio->gate);
	return ret;
}

static int radio_level(struct radio *radio)
{
	return readl(radio->base);
}

static int radio_tune(struct radio *radio, unsigned long value)
{
	writel(value, radio->base);
	return 0;
}

static const struct radio_ops radio_ops = {
	.level = radio_level,
	.tune = radio_tune,
};

static const struct file_operations radio_fops = {
	.owner = THIS_MODULE,
	.open = radio_open,
	.release = radio_release,
	.read = radio_read,
	.unlocked_ioctl = radio_ioctl,
};

static int radio_probe(struct platform_device *pdev)
{
	struct radio *radio;
	int ret;

	radio = kzalloc(sizeof(*radio), GFP_KERNEL);
	if (!radio)
		return -ENOMEM;
	kref_init(&radio->ref);
	init_rwsem(&radio->gate);
	radio->ops = &radio_ops;
	radio->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(radio->base)) {
		ret = PTR_ERR(radio->base);
		goto err_put;
	}
	radio->misc.minor = MISC_DYNAMIC_MINOR;
	radio->misc.name = "radio";
	radio->misc.fops = &radio_fops;
	radio->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, radio);
	ret = misc_register(&radio->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&radio->ref, radio_free);
	return ret;
}

static void radio_remove(struct platform_device *pdev)
{
	struct radio *radio = platform_get_drvdata(pdev);

	misc_deregister(&radio->misc);
	down_write(&radio->gate);
	// expected-warning@-1{{'radio_remove' waits for those who hold 'gate', and no teardown ends 'ops', which 'radio_read' tests under it}}
	up_write(&radio->gate);
	kref_put(&radio->ref, radio_free);
}

static struct platform_driver radio_driver = {
	.probe = radio_probe,
	.remove = radio_remove,
	.driver = {
		.name = "radio",
	},
};
module_platform_driver(radio_driver);

MODULE_DESCRIPTION("radio");
MODULE_LICENSE("GPL");
