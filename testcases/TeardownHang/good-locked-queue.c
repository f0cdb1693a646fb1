// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The condition of the sleep that drops the queue's lock is also that the device goes.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/wait.h>

struct watch {
	struct kref ref;
	struct miscdevice misc;
	struct srcu_struct srcu;
	wait_queue_head_t wait;
	unsigned int events;
	bool gone;
	void __iomem *base;
};

static void watch_free(struct kref *ref)
{
	kfree(container_of(ref, struct watch, ref));
}

static int watch_open(struct inode *inode, struct file *file)
{
	struct watch *watch = container_of(file->private_data, struct watch, misc);

	kref_get(&watch->ref);
	file->private_data = watch;
	return 0;
}

static int watch_release(struct inode *inode, struct file *file)
{
	struct watch *watch = file->private_data;

	kref_put(&watch->ref, watch_free);
	return 0;
}

static long watch_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct watch *watch = file->private_data;
	long ret;

	guard(srcu)(&watch->srcu);
	if (READ_ONCE(watch->gone))
		return -ENODEV;
	spin_lock(&watch->wait.lock);
	ret = wait_event_interruptible_locked(watch->wait, watch->events || READ_ONCE(watch->gone));
	spin_unlock(&watch->wait.lock);
	if (ret)
		return ret;
	if (READ_ONCE(watch->gone))
		return -ENODEV;
	writel(arg, watch->base);
	return 0;
}

static const struct file_operations watch_fops = {
	.owner = THIS_MODULE,
	.open = watch_open,
	.release = watch_release,
	.unlocked_ioctl = watch_ioctl,
};

static int watch_probe(struct platform_device *pdev)
{
	struct watch *watch;
	int ret;

	watch = kzalloc(sizeof(*watch), GFP_KERNEL);
	if (!watch)
		return -ENOMEM;
	kref_init(&watch->ref);
	ret = init_srcu_struct(&watch->srcu);
	if (ret)
		goto err_put;
	init_waitqueue_head(&watch->wait);
	watch->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(watch->base)) {
		ret = PTR_ERR(watch->base);
		goto err_put;
	}
	watch->misc.minor = MISC_DYNAMIC_MINOR;
	watch->misc.name = "watch";
	watch->misc.fops = &watch_fops;
	watch->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, watch);
	ret = misc_register(&watch->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&watch->ref, watch_free);
	return ret;
}

static void watch_remove(struct platform_device *pdev)
{
	struct watch *watch = platform_get_drvdata(pdev);

	misc_deregister(&watch->misc);
	WRITE_ONCE(watch->gone, true);
	wake_up_all(&watch->wait);
	synchronize_srcu(&watch->srcu);
	kref_put(&watch->ref, watch_free);
}

static struct platform_driver watch_driver = {
	.probe = watch_probe,
	.remove = watch_remove,
	.driver = {
		.name = "watch",
	},
};
module_platform_driver(watch_driver);

MODULE_DESCRIPTION("watch");
MODULE_LICENSE("GPL");
