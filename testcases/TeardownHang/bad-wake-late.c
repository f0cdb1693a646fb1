// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// remove() sets the flag under the lock that the sleeper holds, and wakes it after that.

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

struct tuner {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;
	wait_queue_head_t wait;
	unsigned int samples;
	bool gone;
};

static void tuner_free(struct kref *ref)
{
	kfree(container_of(ref, struct tuner, ref));
}

static int tuner_open(struct inode *inode, struct file *file)
{
	struct tuner *tuner = container_of(file->private_data, struct tuner, misc);

	kref_get(&tuner->ref);
	file->private_data = tuner;
	return 0;
}

static int tuner_release(struct inode *inode, struct file *file)
{
	struct tuner *tuner = file->private_data;

	kref_put(&tuner->ref, tuner_free);
	return 0;
}

static ssize_t tuner_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct tuner *tuner = file->private_data;
	u32 val;
	int ret;

	mutex_lock(&tuner->lock);
	if (tuner->gone) {
		ret = -ENODEV;
		goto unlock;
	}
	ret = wait_event_interruptible(tuner->wait, tuner->samples || READ_ONCE(tuner->gone));
	// expected-warning@-1{{'tuner_read' sleeps on 'wait' under 'lock', and nothing ends the sleep before 'tuner_remove' takes 'lock'}}
	if (ret)
		goto unlock;
	if (tuner->gone) {
		ret = -ENODEV;
		goto unlock;
	}
	val = readl(tuner->base);
	tuner->samples--;
	ret = put_user(val, (u32 __user *)buf) ? -EFAULT : sizeof(val);
unlock:
	mutex_unlock(&tuner->lock);
	return ret;
}

static const struct file_operations tuner_fops = {
	.owner = THIS_MODULE,
	.open = tuner_open,
	.release = tuner_release,
	.read = tuner_read,
};

static int tuner_probe(struct platform_device *pdev)
{
	struct tuner *tuner;
	int ret;

	tuner = kzalloc(sizeof(*tuner), GFP_KERNEL);
	if (!tuner)
		return -ENOMEM;
	kref_init(&tuner->ref);
	mutex_init(&tuner->lock);
	init_waitqueue_head(&tuner->wait);
	tuner->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(tuner->base)) {
		ret = PTR_ERR(tuner->base);
		goto err_put;
	}
	tuner->misc.minor = MISC_DYNAMIC_MINOR;
	tuner->misc.name = "tuner";
	tuner->misc.fops = &tuner_fops;
	tuner->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, tuner);
	ret = misc_register(&tuner->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&tuner->ref, tuner_free);
	return ret;
}

static void tuner_remove(struct platform_device *pdev)
{
	struct tuner *tuner = platform_get_drvdata(pdev);

	misc_deregister(&tuner->misc);
	mutex_lock(&tuner->lock);
	WRITE_ONCE(tuner->gone, true);
	mutex_unlock(&tuner->lock);
	wake_up_all(&tuner->wait);
	kref_put(&tuner->ref, tuner_free);
}

static struct platform_driver tuner_driver = {
	.probe = tuner_probe,
	.remove = tuner_remove,
	.driver = {
		.name = "tuner",
	},
};
module_platform_driver(tuner_driver);

MODULE_DESCRIPTION("tuner");
MODULE_LICENSE("GPL");
