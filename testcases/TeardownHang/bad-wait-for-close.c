// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// remove() asks those who read to leave and waits until the file is closed, but the
// reader does not look.

#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/wait.h>

struct drum {
	struct kref ref;
	struct miscdevice misc;
	wait_queue_head_t wait;
	unsigned int beats;
	bool gone;
	refcount_t users;
	struct completion closed;
};

static void drum_free(struct kref *ref)
{
	kfree(container_of(ref, struct drum, ref));
}

static int drum_open(struct inode *inode, struct file *file)
{
	struct drum *drum = container_of(file->private_data, struct drum, misc);

	refcount_inc(&drum->users);
	file->private_data = drum;
	return 0;
}

static int drum_release(struct inode *inode, struct file *file)
{
	struct drum *drum = file->private_data;

	if (refcount_dec_and_test(&drum->users))
		complete(&drum->closed);
	return 0;
}

static ssize_t drum_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct drum *drum = file->private_data;

	return wait_event_interruptible(drum->wait, drum->beats);
	// expected-warning@-1{{'drum_read' sleeps on 'wait', and nothing ends the sleep before 'drum_remove' waits until its file is closed}}
}

static const struct file_operations drum_fops = {
	.owner = THIS_MODULE,
	.open = drum_open,
	.release = drum_release,
	.read = drum_read,
};

static int drum_probe(struct platform_device *pdev)
{
	struct drum *drum;
	int ret;

	drum = kzalloc(sizeof(*drum), GFP_KERNEL);
	if (!drum)
		return -ENOMEM;
	kref_init(&drum->ref);
	init_waitqueue_head(&drum->wait);
	refcount_set(&drum->users, 1);
	init_completion(&drum->closed);
	drum->misc.minor = MISC_DYNAMIC_MINOR;
	drum->misc.name = "drum";
	drum->misc.fops = &drum_fops;
	drum->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, drum);
	ret = misc_register(&drum->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&drum->ref, drum_free);
	return ret;
}

static void drum_remove(struct platform_device *pdev)
{
	struct drum *drum = platform_get_drvdata(pdev);

	misc_deregister(&drum->misc);
	WRITE_ONCE(drum->gone, true);
	wake_up_all(&drum->wait);
	if (refcount_dec_and_test(&drum->users))
		complete(&drum->closed);
	wait_for_completion(&drum->closed);
	kref_put(&drum->ref, drum_free);
}

static struct platform_driver drum_driver = {
	.probe = drum_probe,
	.remove = drum_remove,
	.driver = {
		.name = "drum",
	},
};
module_platform_driver(drum_driver);

MODULE_DESCRIPTION("drum");
MODULE_LICENSE("GPL");
