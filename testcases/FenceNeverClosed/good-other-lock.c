// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The flag is tested under the lock that remove() takes.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct printer {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex io_lock;
	struct mutex state_lock;
	bool gone;
};

static void printer_free(struct kref *ref)
{
	kfree(container_of(ref, struct printer, ref));
}

static int printer_open(struct inode *inode, struct file *file)
{
	struct printer *printer = container_of(file->private_data, struct printer, misc);

	kref_get(&printer->ref);
	file->private_data = printer;
	return 0;
}

static int printer_release(struct inode *inode, struct file *file)
{
	struct printer *printer = file->private_data;

	kref_put(&printer->ref, printer_free);
	return 0;
}

static long printer_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct printer *printer = file->private_data;

	guard(mutex)(&printer->state_lock);
	if (printer->gone)
		return -ENODEV;
	writel(arg, printer->base);
	return 0;
}

static const struct file_operations printer_fops = {
	.owner = THIS_MODULE,
	.open = printer_open,
	.release = printer_release,
	.unlocked_ioctl = printer_ioctl,
};

static int printer_probe(struct platform_device *pdev)
{
	struct printer *printer;
	int ret;

	printer = kzalloc(sizeof(*printer), GFP_KERNEL);
	if (!printer)
		return -ENOMEM;
	kref_init(&printer->ref);
	mutex_init(&printer->io_lock);
	mutex_init(&printer->state_lock);
	printer->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(printer->base)) {
		ret = PTR_ERR(printer->base);
		goto err_put;
	}
	printer->misc.minor = MISC_DYNAMIC_MINOR;
	printer->misc.name = "printer";
	printer->misc.fops = &printer_fops;
	printer->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, printer);
	ret = misc_register(&printer->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&printer->ref, printer_free);
	return ret;
}

static void printer_remove(struct platform_device *pdev)
{
	struct printer *printer = platform_get_drvdata(pdev);

	misc_deregister(&printer->misc);
	mutex_lock(&printer->state_lock);
	printer->gone = true;
	mutex_unlock(&printer->state_lock);
	kref_put(&printer->ref, printer_free);
}

static struct platform_driver printer_driver = {
	.probe = printer_probe,
	.remove = printer_remove,
	.driver = {
		.name = "printer",
	},
};
module_platform_driver(printer_driver);

MODULE_DESCRIPTION("printer");
MODULE_LICENSE("GPL");
