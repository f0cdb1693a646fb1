// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Shape S7 with a wait queue and a count of users.

#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/wait.h>

struct boiler {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	atomic_t users;
	wait_queue_head_t closed;
};

static void boiler_free(struct kref *ref)
{
	kfree(container_of(ref, struct boiler, ref));
}

static int boiler_open(struct inode *inode, struct file *file)
{
	struct boiler *boiler = container_of(file->private_data, struct boiler, misc);

	atomic_inc(&boiler->users);
	file->private_data = boiler;
	return 0;
}

static int boiler_release(struct inode *inode, struct file *file)
{
	struct boiler *boiler = file->private_data;

	if (atomic_dec_and_test(&boiler->users))
		wake_up(&boiler->closed);
	return 0;
}

static ssize_t boiler_read(struct file *file, char __user *buf, size_t len,
			loff_t *pos)
{
	struct boiler *boiler = file->private_data;
	u32 val = readl(boiler->base);

	return simple_read_from_buffer(buf, len, pos, &val, sizeof(val));
}

static const struct file_operations boiler_fops = {
	.owner = THIS_MODULE,
	.open = boiler_open,
	.release = boiler_release,
	.read = boiler_read,
};

static int boiler_probe(struct platform_device *pdev)
{
	struct boiler *boiler;
	int ret;

	boiler = kzalloc(sizeof(*boiler), GFP_KERNEL);
	if (!boiler)
		return -ENOMEM;
	kref_init(&boiler->ref);
	atomic_set(&boiler->users, 0);
	init_waitqueue_head(&boiler->closed);
	boiler->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(boiler->base)) {
		ret = PTR_ERR(boiler->base);
		goto err_put;
	}
	boiler->misc.minor = MISC_DYNAMIC_MINOR;
	boiler->misc.name = "boiler";
	boiler->misc.fops = &boiler_fops;
	boiler->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, boiler);
	ret = misc_register(&boiler->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&boiler->ref, boiler_free);
	return ret;
}

static void boiler_remove(struct platform_device *pdev)
{
	struct boiler *boiler = platform_get_drvdata(pdev);

	misc_deregister(&boiler->misc);
	wait_event(boiler->closed, !atomic_read(&boiler->users));
	kref_put(&boiler->ref, boiler_free);
}

static struct platform_driver boiler_driver = {
	.probe = boiler_probe,
	.remove = boiler_remove,
	.driver = {
		.name = "boiler",
	},
};
module_platform_driver(boiler_driver);

MODULE_DESCRIPTION("boiler");
MODULE_LICENSE("GPL");
