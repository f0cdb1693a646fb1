// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// Shape N0 beside a fence that another door uses: the poll reads a status
// register without it.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/poll.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/wait.h>

struct probe {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct rw_semaphore sem;
	wait_queue_head_t wq;
	bool irq_seen;
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

static __poll_t probe_poll(struct file *file, poll_table *wait)
{
	struct probe *probe = file->private_data;
	__poll_t mask = EPOLLHUP | EPOLLERR;

	poll_wait(file, &probe->wq, wait);
	if (probe->irq_seen)
		mask = readl(probe->base) ? EPOLLIN | EPOLLRDNORM : 0;
		// expected-warning@-1{{and no fence excludes the two}}
	return mask;
}

static ssize_t probe_read(struct file *file, char __user *buf, size_t len,
			loff_t *pos)
{
	struct probe *probe = file->private_data;
	u32 sample;

	down_read(&probe->sem);
	if (READ_ONCE(probe->gone)) {
		up_read(&probe->sem);
		return -ENODEV;
	}
	sample = readl(probe->base + 4);
	up_read(&probe->sem);
	return simple_read_from_buffer(buf, len, pos, &sample, sizeof(sample));
}

static const struct file_operations probe_fops = {
	.owner = THIS_MODULE,
	.open = probe_open,
	.release = probe_release,
	.read = probe_read,
	.poll = probe_poll,
};

static int probe_probe(struct platform_device *pdev)
{
	struct probe *probe;
	int ret;

	probe = kzalloc(sizeof(*probe), GFP_KERNEL);
	if (!probe)
		return -ENOMEM;
	kref_init(&probe->ref);
	init_rwsem(&probe->sem);
	init_waitqueue_head(&probe->wq);
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
	WRITE_ONCE(probe->gone, true);
	wake_up_interruptible(&probe->wq);
	down_write(&probe->sem);
	up_write(&probe->sem);
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
