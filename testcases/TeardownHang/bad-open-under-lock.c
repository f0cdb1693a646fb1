// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// misc_deregister() waits for an open that runs, and the open for the lock that remove() holds.

#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

static DEFINE_MUTEX(lamp_lock);

struct lamp {
	struct kref ref;
	struct miscdevice misc;
	bool gone;
};

static void lamp_free(struct kref *ref)
{
	kfree(container_of(ref, struct lamp, ref));
}

static int lamp_open(struct inode *inode, struct file *file)
{
	struct lamp *lamp = container_of(file->private_data, struct lamp, misc);

	mutex_lock(&lamp_lock);
	kref_get(&lamp->ref);
	mutex_unlock(&lamp_lock);
	file->private_data = lamp;
	return 0;
}

static int lamp_release(struct inode *inode, struct file *file)
{
	struct lamp *lamp = file->private_data;

	kref_put(&lamp->ref, lamp_free);
	return 0;
}

static const struct file_operations lamp_fops = {
	.owner = THIS_MODULE,
	.open = lamp_open,
	.release = lamp_release,
};

static int lamp_probe(struct platform_device *pdev)
{
	struct lamp *lamp;
	int ret;

	lamp = kzalloc(sizeof(*lamp), GFP_KERNEL);
	if (!lamp)
		return -ENOMEM;
	kref_init(&lamp->ref);
	lamp->misc.minor = MISC_DYNAMIC_MINOR;
	lamp->misc.name = "lamp";
	lamp->misc.fops = &lamp_fops;
	lamp->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, lamp);
	ret = misc_register(&lamp->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&lamp->ref, lamp_free);
	return ret;
}

static void lamp_remove(struct platform_device *pdev)
{
	struct lamp *lamp = platform_get_drvdata(pdev);

	mutex_lock(&lamp_lock);
	lamp->gone = true;
	misc_deregister(&lamp->misc);
	// expected-warning@-1{{'lamp_remove' holds 'lamp_lock' while it waits in 'misc_deregister' for 'lamp_open', which takes it}}
	mutex_unlock(&lamp_lock);
	kref_put(&lamp->ref, lamp_free);
}

static struct platform_driver lamp_driver = {
	.probe = lamp_probe,
	.remove = lamp_remove,
	.driver = {
		.name = "lamp",
	},
};
module_platform_driver(lamp_driver);

MODULE_DESCRIPTION("lamp");
MODULE_LICENSE("GPL");
