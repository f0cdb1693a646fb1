// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// A command that only the hardware completes, on a bus that does not lose devices: if the
// hardware does not answer, remove() hangs, but most hardware does.

#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct plotter {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;
	struct completion done;
	bool gone;
};

static void plotter_free(struct kref *ref)
{
	kfree(container_of(ref, struct plotter, ref));
}

static int plotter_open(struct inode *inode, struct file *file)
{
	struct plotter *plotter = container_of(file->private_data, struct plotter, misc);

	kref_get(&plotter->ref);
	file->private_data = plotter;
	return 0;
}

static int plotter_release(struct inode *inode, struct file *file)
{
	struct plotter *plotter = file->private_data;

	kref_put(&plotter->ref, plotter_free);
	return 0;
}

static long plotter_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct plotter *plotter = file->private_data;

	guard(mutex)(&plotter->lock);
	if (plotter->gone)
		return -ENODEV;
	writel(arg, plotter->base);
	return wait_for_completion_interruptible(&plotter->done);
}

static const struct file_operations plotter_fops = {
	.owner = THIS_MODULE,
	.open = plotter_open,
	.release = plotter_release,
	.unlocked_ioctl = plotter_ioctl,
};

static int plotter_probe(struct platform_device *pdev)
{
	struct plotter *plotter;
	int ret;

	plotter = kzalloc(sizeof(*plotter), GFP_KERNEL);
	if (!plotter)
		return -ENOMEM;
	kref_init(&plotter->ref);
	mutex_init(&plotter->lock);
	init_completion(&plotter->done);
	plotter->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(plotter->base)) {
		ret = PTR_ERR(plotter->base);
		goto err_put;
	}
	plotter->misc.minor = MISC_DYNAMIC_MINOR;
	plotter->misc.name = "plotter";
	plotter->misc.fops = &plotter_fops;
	plotter->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, plotter);
	ret = misc_register(&plotter->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&plotter->ref, plotter_free);
	return ret;
}

static void plotter_remove(struct platform_device *pdev)
{
	struct plotter *plotter = platform_get_drvdata(pdev);

	misc_deregister(&plotter->misc);
	mutex_lock(&plotter->lock);
	plotter->gone = true;
	mutex_unlock(&plotter->lock);
	kref_put(&plotter->ref, plotter_free);
}

static struct platform_driver plotter_driver = {
	.probe = plotter_probe,
	.remove = plotter_remove,
	.driver = {
		.name = "plotter",
	},
};
module_platform_driver(plotter_driver);

MODULE_DESCRIPTION("plotter");
MODULE_LICENSE("GPL");
