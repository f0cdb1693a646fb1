// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The object is freed with its last reference.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct counter_dev {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	u32 events;
};

static void counter_dev_free(struct kref *ref)
{
	kfree(container_of(ref, struct counter_dev, ref));
}

static int counter_dev_open(struct inode *inode, struct file *file)
{
	struct counter_dev *counter_dev = container_of(file->private_data, struct counter_dev, misc);

	kref_get(&counter_dev->ref);
	file->private_data = counter_dev;
	return 0;
}

static int counter_dev_release(struct inode *inode, struct file *file)
{
	struct counter_dev *counter_dev = file->private_data;

	kref_put(&counter_dev->ref, counter_dev_free);
	return 0;
}

static ssize_t counter_dev_read(struct file *file, char __user *buf, size_t len,
			loff_t *pos)
{
	struct counter_dev *counter_dev = file->private_data;
	u32 val = counter_dev->events;

	return simple_read_from_buffer(buf, len, pos, &val, sizeof(val));
}

static const struct file_operations counter_dev_fops = {
	.owner = THIS_MODULE,
	.open = counter_dev_open,
	.release = counter_dev_release,
	.read = counter_dev_read,
};

static int counter_dev_probe(struct platform_device *pdev)
{
	struct counter_dev *counter_dev;

	counter_dev = kzalloc(sizeof(*counter_dev), GFP_KERNEL);
	if (!counter_dev)
		return -ENOMEM;
	kref_init(&counter_dev->ref);
	counter_dev->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(counter_dev->base))
		return PTR_ERR(counter_dev->base);
	counter_dev->misc.minor = MISC_DYNAMIC_MINOR;
	counter_dev->misc.name = "counter_dev";
	counter_dev->misc.fops = &counter_dev_fops;
	counter_dev->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, counter_dev);
	return misc_register(&counter_dev->misc);
}

static void counter_dev_remove(struct platform_device *pdev)
{
	struct counter_dev *counter_dev = platform_get_drvdata(pdev);

	misc_deregister(&counter_dev->misc);
	kref_put(&counter_dev->ref, counter_dev_free);
}

static struct platform_driver counter_dev_driver = {
	.probe = counter_dev_probe,
	.remove = counter_dev_remove,
	.driver = {
		.name = "counter_dev",
	},
};
module_platform_driver(counter_dev_driver);

MODULE_DESCRIPTION("counter_dev");
MODULE_LICENSE("GPL");
