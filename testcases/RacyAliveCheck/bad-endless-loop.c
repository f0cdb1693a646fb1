// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// A loop without a condition: what its second round uses was tested before the wait of
// the first.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/wait.h>

struct punch {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
	wait_queue_head_t wq;
	bool ready;
};

static void punch_free(struct kref *ref)
{
	kfree(container_of(ref, struct punch, ref));
}

static int punch_open(struct inode *inode, struct file *file)
{
	struct punch *punch = container_of(file->private_data, struct punch, misc);

	kref_get(&punch->ref);
	file->private_data = punch;
	return 0;
}

static int punch_release(struct inode *inode, struct file *file)
{
	struct punch *punch = file->private_data;

	kref_put(&punch->ref, punch_free);
	return 0;
}

static ssize_t punch_read(struct file *file, char __user *buf, size_t len,
			loff_t *pos)
{
	struct punch *punch = file->private_data;
	u32 val;
	int ret;

	mutex_lock(&punch->lock);
	if (punch->gone) {
		mutex_unlock(&punch->lock);
		return -ENODEV;
	}
	for (;;) {
		val = readl(punch->base);
		// expected-warning@-1{{retakes 'lock' without a new test of 'gone'}}
		if (val & 1)
			break;
		mutex_unlock(&punch->lock);
		ret = wait_event_interruptible(punch->wq, punch->ready || punch->gone);
		if (ret)
			return ret;
		mutex_lock(&punch->lock);
	}
	mutex_unlock(&punch->lock);
	return simple_read_from_buffer(buf, len, pos, &val, sizeof(val));
}

static const struct file_operations punch_fops = {
	.owner = THIS_MODULE,
	.open = punch_open,
	.release = punch_release,
	.read = punch_read,
};

static int punch_probe(struct platform_device *pdev)
{
	struct punch *punch;
	int ret;

	punch = kzalloc(sizeof(*punch), GFP_KERNEL);
	if (!punch)
		return -ENOMEM;
	kref_init(&punch->ref);
	mutex_init(&punch->lock);
	init_waitqueue_head(&punch->wq);
	punch->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(punch->base)) {
		ret = PTR_ERR(punch->base);
		goto err_put;
	}
	punch->misc.minor = MISC_DYNAMIC_MINOR;
	punch->misc.name = "punch";
	punch->misc.fops = &punch_fops;
	punch->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, punch);
	ret = misc_register(&punch->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&punch->ref, punch_free);
	return ret;
}

static void punch_remove(struct platform_device *pdev)
{
	struct punch *punch = platform_get_drvdata(pdev);

	misc_deregister(&punch->misc);
	mutex_lock(&punch->lock);
	punch->gone = true;
	mutex_unlock(&punch->lock);
	wake_up_interruptible(&punch->wq);
	kref_put(&punch->ref, punch_free);
}

static struct platform_driver punch_driver = {
	.probe = punch_probe,
	.remove = punch_remove,
	.driver = {
		.name = "punch",
	},
};
module_platform_driver(punch_driver);

MODULE_DESCRIPTION("punch");
MODULE_LICENSE("GPL");
