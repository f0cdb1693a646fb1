// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The file keeps what the parent's driver keeps for itself, and frees with its
// device.

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct hub {
	struct mutex lock;
	u32 state;
};

struct tap {
	struct miscdevice misc;
};

struct tap_file {
	struct hub *hub;
	u32 mask;
};

static int tap_open(struct inode *inode, struct file *file)
{
	struct miscdevice *misc = file->private_data;
	struct hub *hub = dev_get_drvdata(misc->parent);
	struct tap_file *f = kzalloc(sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	f->hub = hub;
	// expected-warning@-1{{'tap_open' keeps 'struct hub' of the parent device without a reference, and it goes with the parent while the file is open}}
	f->mask = hub->state;
	file->private_data = f;
	return 0;
}

static int tap_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static const struct file_operations tap_fops = {
	.owner = THIS_MODULE,
	.open = tap_open,
	.release = tap_release,
};

static int tap_probe(struct platform_device *pdev)
{
	struct tap *tap = devm_kzalloc(&pdev->dev, sizeof(*tap), GFP_KERNEL);

	if (!tap)
		return -ENOMEM;
	tap->misc.fops = &tap_fops;
	tap->misc.parent = pdev->dev.parent;
	platform_set_drvdata(pdev, tap);
	return misc_register(&tap->misc);
}

static void tap_remove(struct platform_device *pdev)
{
	struct tap *tap = platform_get_drvdata(pdev);

	misc_deregister(&tap->misc);
}

static struct platform_driver tap_driver = {
	.probe = tap_probe,
	.remove = tap_remove,
	.driver = { .name = "tap" },
};
module_platform_driver(tap_driver);
