// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The pointer is given more than one kind of memory: that it is the devm memory which an
// operation uses is not known.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct shade {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
	u32 spare[64];
	u32 *page;
};

static void shade_free(struct kref *ref)
{
	kfree(container_of(ref, struct shade, ref));
}

static int shade_open(struct inode *inode, struct file *file)
{
	struct shade *shade = container_of(file->private_data, struct shade, misc);

	kref_get(&shade->ref);
	file->private_data = shade;
	return 0;
}

static int shade_release(struct inode *inode, struct file *file)
{
	struct shade *shade = file->private_data;

	kref_put(&shade->ref, shade_free);
	return 0;
}

static ssize_t shade_write(struct file *file, const char __user *buf, size_t len,
			 loff_t *pos)
{
	struct shade *shade = file->private_data;

	shade->page[0] = len;
	return len;
}

static const struct file_operations shade_fops = {
	.owner = THIS_MODULE,
	.open = shade_open,
	.release = shade_release,
	.write = shade_write,
};

static int shade_probe(struct platform_device *pdev)
{
	struct shade *shade;
	int ret;

	shade = kzalloc(sizeof(*shade), GFP_KERNEL);
	if (!shade)
		return -ENOMEM;
	kref_init(&shade->ref);
	mutex_init(&shade->lock);
	shade->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(shade->base)) {
		ret = PTR_ERR(shade->base);
		goto err_put;
	}
	shade->page = devm_kcalloc(&pdev->dev, 64, sizeof(*shade->page), GFP_KERNEL);
	if (!shade->page) {
		ret = -ENOMEM;
		goto err_put;
	}
	shade->page = shade->spare;
	shade->misc.minor = MISC_DYNAMIC_MINOR;
	shade->misc.name = "shade";
	shade->misc.fops = &shade_fops;
	shade->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, shade);
	ret = misc_register(&shade->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&shade->ref, shade_free);
	return ret;
}

static void shade_remove(struct platform_device *pdev)
{
	struct shade *shade = platform_get_drvdata(pdev);

	misc_deregister(&shade->misc);
	mutex_lock(&shade->lock);
	shade->gone = true;
	mutex_unlock(&shade->lock);
	kref_put(&shade->ref, shade_free);
}

static struct platform_driver shade_driver = {
	.probe = shade_probe,
	.remove = shade_remove,
	.driver = {
		.name = "shade",
	},
};
module_platform_driver(shade_driver);

MODULE_DESCRIPTION("shade");
MODULE_LICENSE("GPL");
