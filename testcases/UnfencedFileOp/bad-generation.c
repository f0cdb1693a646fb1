// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The file remembers the generation it was opened in and never compares it.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct timer {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;
	unsigned int generation;
};

struct timer_file {
	struct timer *timer;
	unsigned int generation;
};

static void timer_free(struct kref *ref)
{
	kfree(container_of(ref, struct timer, ref));
}

static int timer_open(struct inode *inode, struct file *file)
{
	struct timer *timer = container_of(file->private_data, struct timer, misc);
	struct timer_file *f;

	f = kzalloc(sizeof(*f), GFP_KERNEL);
	if (!f)
		return -ENOMEM;
	mutex_lock(&timer->lock);
	f->generation = timer->generation;
	mutex_unlock(&timer->lock);
	kref_get(&timer->ref);
	f->timer = timer;
	file->private_data = f;
	return 0;
}

static int timer_release(struct inode *inode, struct file *file)
{
	struct timer_file *f = file->private_data;

	kref_put(&f->timer->ref, timer_free);
	kfree(f);
	return 0;
}

static ssize_t timer_read(struct file *file, char __user *buf, size_t len,
			loff_t *pos)
{
	struct timer_file *f = file->private_data;
	struct timer *timer = f->timer;
	u32 count;

	mutex_lock(&timer->lock);
	count = readl(timer->base + 0x4);
	// expected-warning@-1{{and no fence excludes the two}}
	mutex_unlock(&timer->lock);
	return simple_read_from_buffer(buf, len, pos, &count, sizeof(count));
}

static const struct file_operations timer_fops = {
	.owner = THIS_MODULE,
	.open = timer_open,
	.release = timer_release,
	.read = timer_read,
};

static int timer_probe(struct platform_device *pdev)
{
	struct timer *timer;
	int ret;

	timer = kzalloc(sizeof(*timer), GFP_KERNEL);
	if (!timer)
		return -ENOMEM;
	kref_init(&timer->ref);
	mutex_init(&timer->lock);
	timer->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(timer->base)) {
		ret = PTR_ERR(timer->base);
		goto err_put;
	}
	timer->misc.minor = MISC_DYNAMIC_MINOR;
	timer->misc.name = "timer";
	timer->misc.fops = &timer_fops;
	timer->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, timer);
	ret = misc_register(&timer->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&timer->ref, timer_free);
	return ret;
}

static void timer_remove(struct platform_device *pdev)
{
	struct timer *timer = platform_get_drvdata(pdev);

	misc_deregister(&timer->misc);
	mutex_lock(&timer->lock);
	timer->generation++;
	mutex_unlock(&timer->lock);
	kref_put(&timer->ref, timer_free);
}

static struct platform_driver timer_driver = {
	.probe = timer_probe,
	.remove = timer_remove,
	.driver = {
		.name = "timer",
	},
};
module_platform_driver(timer_driver);

MODULE_DESCRIPTION("timer");
MODULE_LICENSE("GPL");
