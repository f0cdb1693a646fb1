// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The condition asks whether the device goes.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

struct gauge {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;
	wait_queue_head_t wait;
	unsigned int samples;
	bool gone;
};

static void gauge_free(struct kref *ref)
{
	kfree(container_of(ref, struct gauge, ref));
}

static int gauge_open(struct inode *inode, struct file *file)
{
	struct gauge *gauge = container_of(file->private_data, struct gauge, misc);

	kref_get(&gauge->ref);
	file->private_data = gauge;
	return 0;
}

static int gauge_release(struct inode *inode, struct file *file)
{
	struct gauge *gauge = file->private_data;

	kref_put(&gauge->ref, gauge_free);
	return 0;
}

static ssize_t gauge_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct gauge *gauge = file->private_data;
	u32 val;
	int ret;

	mutex_lock(&gauge->lock);
	if (gauge->gone) {
		ret = -ENODEV;
		goto unlock;
	}
	ret = wait_event_interruptible(gauge->wait, gauge->samples || READ_ONCE(gauge->gone));
	if (ret)
		goto unlock;
	if (gauge->gone) {
		ret = -ENODEV;
		goto unlock;
	}
	val = readl(gauge->base);
	gauge->samples--;
	ret = put_user(val, (u32 __user *)buf) ? -EFAULT : sizeof(val);
unlock:
	mutex_unlock(&gauge->lock);
	return ret;
}

static const struct file_operations gauge_fops = {
	.owner = THIS_MODULE,
	.open = gauge_open,
	.release = gauge_release,
	.read = gauge_read,
};

static int gauge_probe(struct platform_device *pdev)
{
	struct gauge *gauge;
	int ret;

	gauge = kzalloc(sizeof(*gauge), GFP_KERNEL);
	if (!gauge)
		return -ENOMEM;
	kref_init(&gauge->ref);
	mutex_init(&gauge->lock);
	init_waitqueue_head(&gauge->wait);
	gauge->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(gauge->base)) {
		ret = PTR_ERR(gauge->base);
		goto err_put;
	}
	gauge->misc.minor = MISC_DYNAMIC_MINOR;
	gauge->misc.name = "gauge";
	gauge->misc.fops = &gauge_fops;
	gauge->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, gauge);
	ret = misc_register(&gauge->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&gauge->ref, gauge_free);
	return ret;
}

static void gauge_remove(struct platform_device *pdev)
{
	struct gauge *gauge = platform_get_drvdata(pdev);

	misc_deregister(&gauge->misc);
	WRITE_ONCE(gauge->gone, true);
	wake_up_all(&gauge->wait);
	mutex_lock(&gauge->lock);
	mutex_unlock(&gauge->lock);
	kref_put(&gauge->ref, gauge_free);
}

static struct platform_driver gauge_driver = {
	.probe = gauge_probe,
	.remove = gauge_remove,
	.driver = {
		.name = "gauge",
	},
};
module_platform_driver(gauge_driver);

MODULE_DESCRIPTION("gauge");
MODULE_LICENSE("GPL");
