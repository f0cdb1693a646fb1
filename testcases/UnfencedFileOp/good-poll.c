// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// A poll answers EPOLLHUP instead of an errno, and its wait queue is in memory that
// the file holds.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/wait.h>

struct bell {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
	wait_queue_head_t wq;
};

static void bell_free(struct kref *ref)
{
	kfree(container_of(ref, struct bell, ref));
}

static int bell_open(struct inode *inode, struct file *file)
{
	struct bell *bell = container_of(file->private_data, struct bell, misc);

	kref_get(&bell->ref);
	file->private_data = bell;
	return 0;
}

static int bell_release(struct inode *inode, struct file *file)
{
	struct bell *bell = file->private_data;

	kref_put(&bell->ref, bell_free);
	return 0;
}

static __poll_t bell_poll(struct file *file, poll_table *wait)
{
	struct bell *bell = file->private_data;
	__poll_t mask;

	poll_wait(file, &bell->wq, wait);
	mutex_lock(&bell->lock);
	if (bell->gone)
		mask = EPOLLHUP | EPOLLERR;
	else
		mask = readl(bell->base) ? EPOLLIN | EPOLLRDNORM : 0;
	mutex_unlock(&bell->lock);
	return mask;
}

static const struct file_operations bell_fops = {
	.owner = THIS_MODULE,
	.open = bell_open,
	.release = bell_release,
	.poll = bell_poll,
};

static int bell_probe(struct platform_device *pdev)
{
	struct bell *bell;
	int ret;

	bell = kzalloc(sizeof(*bell), GFP_KERNEL);
	if (!bell)
		return -ENOMEM;
	kref_init(&bell->ref);
	mutex_init(&bell->lock);
	init_waitqueue_head(&bell->wq);
	bell->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(bell->base)) {
		ret = PTR_ERR(bell->base);
		goto err_put;
	}
	bell->misc.minor = MISC_DYNAMIC_MINOR;
	bell->misc.name = "bell";
	bell->misc.fops = &bell_fops;
	bell->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, bell);
	ret = misc_register(&bell->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&bell->ref, bell_free);
	return ret;
}

static void bell_remove(struct platform_device *pdev)
{
	struct bell *bell = platform_get_drvdata(pdev);

	misc_deregister(&bell->misc);
	mutex_lock(&bell->lock);
	bell->gone = true;
	mutex_unlock(&bell->lock);
	kref_put(&bell->ref, bell_free);
}

static struct platform_driver bell_driver = {
	.probe = bell_probe,
	.remove = bell_remove,
	.driver = {
		.name = "bell",
	},
};
module_platform_driver(bell_driver);

MODULE_DESCRIPTION("bell");
MODULE_LICENSE("GPL");
