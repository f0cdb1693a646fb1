// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The sleep ends, but the loop around it looks for a sample and nothing else, and
// sleeps again.

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

struct probe {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;
	wait_queue_head_t wait;
	unsigned int samples;
	bool event;
	bool gone;
};

static void probe_free(struct kref *ref)
{
	kfree(container_of(ref, struct probe, ref));
}

static int probe_open(struct inode *inode, struct file *file)
{
	struct probe *probe = container_of(file->private_data, struct probe, misc);

	kref_get(&probe->ref);
	file->private_data = probe;
	return 0;
}

static int probe_release(struct inode *inode, struct file *file)
{
	struct probe *probe = file->private_data;

	kref_put(&probe->ref, probe_free);
	return 0;
}

static ssize_t probe_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct probe *probe = file->private_data;
	int ret = -ENODEV;

	mutex_lock(&probe->lock);
	if (probe->gone)
		goto unlock;
	while (!probe->samples) {
		ret = wait_event_interruptible(probe->wait, READ_ONCE(probe->event));
		// expected-warning@-1{{'probe_read' sleeps on 'wait' under 'lock'}}
		if (ret)
			goto unlock;
		probe->event = false;
	}
	ret = put_user(readl(probe->base), (u32 __user *)buf);
unlock:
	mutex_unlock(&probe->lock);
	return ret;
}

static const struct file_operations probe_fops = {
	.owner = THIS_MODULE,
	.open = probe_open,
	.release = probe_release,
	.read = probe_read,
};

static int probe_probe(struct platform_device *pdev)
{
	struct probe *probe;
	int ret;

	probe = kzalloc(sizeof(*probe), GFP_KERNEL);
	if (!probe)
		return -ENOMEM;
	kref_init(&probe->ref);
	mutex_init(&probe->lock);
	init_waitqueue_head(&probe->wait);
	probe->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(probe->base)) {
		ret = PTR_ERR(probe->base);
		goto err_put;
	}
	probe->misc.minor = MISC_DYNAMIC_MINOR;
	probe->misc.name = "probe";
	probe->misc.fops = &probe_fops;
	probe->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, probe);
	ret = misc_register(&probe->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&probe->ref, probe_free);
	return ret;
}

static void probe_remove(struct platform_device *pdev)
{
	struct probe *probe = platform_get_drvdata(pdev);

	misc_deregister(&probe->misc);
	probe->gone = true;
	WRITE_ONCE(probe->event, true);
	wake_up_all(&probe->wait);
	mutex_lock(&probe->lock);
	mutex_unlock(&probe->lock);
	kref_put(&probe->ref, probe_free);
}

static struct platform_driver probe_driver = {
	.probe = probe_probe,
	.remove = probe_remove,
	.driver = {
		.name = "probe",
	},
};
module_platform_driver(probe_driver);

MODULE_DESCRIPTION("probe");
MODULE_LICENSE("GPL");
