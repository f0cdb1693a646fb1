// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The lock is dropped for the wait and taken again, and the flag is tested again.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/wait.h>

struct keypad {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
	wait_queue_head_t wq;
	bool ready;
};

static void keypad_free(struct kref *ref)
{
	kfree(container_of(ref, struct keypad, ref));
}

static int keypad_open(struct inode *inode, struct file *file)
{
	struct keypad *keypad = container_of(file->private_data, struct keypad, misc);

	kref_get(&keypad->ref);
	file->private_data = keypad;
	return 0;
}

static int keypad_release(struct inode *inode, struct file *file)
{
	struct keypad *keypad = file->private_data;

	kref_put(&keypad->ref, keypad_free);
	return 0;
}

static ssize_t keypad_read(struct file *file, char __user *buf, size_t len,
			loff_t *pos)
{
	struct keypad *keypad = file->private_data;
	u32 val;
	int ret;

	mutex_lock(&keypad->lock);
	if (keypad->gone) {
		mutex_unlock(&keypad->lock);
		return -ENODEV;
	}
	while (!keypad->ready) {
		mutex_unlock(&keypad->lock);
		ret = wait_event_interruptible(keypad->wq, keypad->ready || keypad->gone);
		if (ret)
			return ret;
		mutex_lock(&keypad->lock);
		if (keypad->gone) {
			mutex_unlock(&keypad->lock);
			return -ENODEV;
		}
	}
	keypad->ready = false;
	val = readl(keypad->base);
	mutex_unlock(&keypad->lock);
	return simple_read_from_buffer(buf, len, pos, &val, sizeof(val));
}

static const struct file_operations keypad_fops = {
	.owner = THIS_MODULE,
	.open = keypad_open,
	.release = keypad_release,
	.read = keypad_read,
};

static int keypad_probe(struct platform_device *pdev)
{
	struct keypad *keypad;
	int ret;

	keypad = kzalloc(sizeof(*keypad), GFP_KERNEL);
	if (!keypad)
		return -ENOMEM;
	kref_init(&keypad->ref);
	mutex_init(&keypad->lock);
	init_waitqueue_head(&keypad->wq);
	keypad->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(keypad->base)) {
		ret = PTR_ERR(keypad->base);
		goto err_put;
	}
	keypad->misc.minor = MISC_DYNAMIC_MINOR;
	keypad->misc.name = "keypad";
	keypad->misc.fops = &keypad_fops;
	keypad->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, keypad);
	ret = misc_register(&keypad->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&keypad->ref, keypad_free);
	return ret;
}

static void keypad_remove(struct platform_device *pdev)
{
	struct keypad *keypad = platform_get_drvdata(pdev);

	misc_deregister(&keypad->misc);
	mutex_lock(&keypad->lock);
	keypad->gone = true;
	mutex_unlock(&keypad->lock);
	wake_up_interruptible(&keypad->wq);
	kref_put(&keypad->ref, keypad_free);
}

static struct platform_driver keypad_driver = {
	.probe = keypad_probe,
	.remove = keypad_remove,
	.driver = {
		.name = "keypad",
	},
};
module_platform_driver(keypad_driver);

MODULE_DESCRIPTION("keypad");
MODULE_LICENSE("GPL");
