// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// Shape N3: the door takes the lock that remove() takes, but never asks whether
// the device is still there.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct dac {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void dac_free(struct kref *ref)
{
	kfree(container_of(ref, struct dac, ref));
}

static int dac_open(struct inode *inode, struct file *file)
{
	struct dac *dac = container_of(file->private_data, struct dac, misc);

	kref_get(&dac->ref);
	file->private_data = dac;
	return 0;
}

static int dac_release(struct inode *inode, struct file *file)
{
	struct dac *dac = file->private_data;

	kref_put(&dac->ref, dac_free);
	return 0;
}

static ssize_t dac_write(struct file *file, const char __user *buf, size_t len,
			 loff_t *pos)
{
	struct dac *dac = file->private_data;
	ssize_t ret = len;
	u32 code;

	if (len != sizeof(code) || copy_from_user(&code, buf, sizeof(code)))
		return -EINVAL;
	mutex_lock(&dac->lock);
	if (code > 0xfff) {
		ret = -ERANGE;
		goto out;
	}
	writel(code, dac->base);
	// expected-warning@-1{{and no fence excludes the two}}
out:
	mutex_unlock(&dac->lock);
	return ret;
}

static const struct file_operations dac_fops = {
	.owner = THIS_MODULE,
	.open = dac_open,
	.release = dac_release,
	.write = dac_write,
};

static int dac_probe(struct platform_device *pdev)
{
	struct dac *dac;
	int ret;

	dac = kzalloc(sizeof(*dac), GFP_KERNEL);
	if (!dac)
		return -ENOMEM;
	kref_init(&dac->ref);
	mutex_init(&dac->lock);
	dac->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(dac->base)) {
		ret = PTR_ERR(dac->base);
		goto err_put;
	}
	dac->misc.minor = MISC_DYNAMIC_MINOR;
	dac->misc.name = "dac";
	dac->misc.fops = &dac_fops;
	dac->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, dac);
	ret = misc_register(&dac->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&dac->ref, dac_free);
	return ret;
}

static void dac_remove(struct platform_device *pdev)
{
	struct dac *dac = platform_get_drvdata(pdev);

	misc_deregister(&dac->misc);
	mutex_lock(&dac->lock);
	dac->gone = true;
	mutex_unlock(&dac->lock);
	kref_put(&dac->ref, dac_free);
}

static struct platform_driver dac_driver = {
	.probe = dac_probe,
	.remove = dac_remove,
	.driver = {
		.name = "dac",
	},
};
module_platform_driver(dac_driver);

MODULE_DESCRIPTION("dac");
MODULE_LICENSE("GPL");
