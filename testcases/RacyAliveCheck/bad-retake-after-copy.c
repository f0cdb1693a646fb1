// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The lock is dropped around copy_from_user() and taken again without a test.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct plotter {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
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

static ssize_t plotter_write(struct file *file, const char __user *buf, size_t len,
			 loff_t *pos)
{
	struct plotter *plotter = file->private_data;
	u32 word;

	mutex_lock(&plotter->lock);
	if (plotter->gone)
		goto gone;
	mutex_unlock(&plotter->lock);
	if (len != sizeof(word) || copy_from_user(&word, buf, len))
		return -EFAULT;
	mutex_lock(&plotter->lock);
	writel(word, plotter->base);
	// expected-warning@-1{{retakes 'lock' without a new test of 'gone'}}
	mutex_unlock(&plotter->lock);
	return len;

gone:
	mutex_unlock(&plotter->lock);
	return -ENODEV;
}

static const struct file_operations plotter_fops = {
	.owner = THIS_MODULE,
	.open = plotter_open,
	.release = plotter_release,
	.write = plotter_write,
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
