// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// read_iter is a door like read.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uio.h>

struct feeder {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void feeder_free(struct kref *ref)
{
	kfree(container_of(ref, struct feeder, ref));
}

static int feeder_open(struct inode *inode, struct file *file)
{
	struct feeder *feeder = container_of(file->private_data, struct feeder, misc);

	kref_get(&feeder->ref);
	file->private_data = feeder;
	return 0;
}

static int feeder_release(struct inode *inode, struct file *file)
{
	struct feeder *feeder = file->private_data;

	kref_put(&feeder->ref, feeder_free);
	return 0;
}

static ssize_t feeder_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct feeder *feeder = iocb->ki_filp->private_data;
	u32 val;

	val = readl(feeder->base);
	// expected-warning@-1{{and no fence excludes the two}}
	return copy_to_iter(&val, sizeof(val), to);
}

static const struct file_operations feeder_fops = {
	.owner = THIS_MODULE,
	.open = feeder_open,
	.release = feeder_release,
	.read_iter = feeder_read_iter,
};

static int feeder_probe(struct platform_device *pdev)
{
	struct feeder *feeder;
	int ret;

	feeder = kzalloc(sizeof(*feeder), GFP_KERNEL);
	if (!feeder)
		return -ENOMEM;
	kref_init(&feeder->ref);
	mutex_init(&feeder->lock);
	feeder->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(feeder->base)) {
		ret = PTR_ERR(feeder->base);
		goto err_put;
	}
	feeder->misc.minor = MISC_DYNAMIC_MINOR;
	feeder->misc.name = "feeder";
	feeder->misc.fops = &feeder_fops;
	feeder->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, feeder);
	ret = misc_register(&feeder->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&feeder->ref, feeder_free);
	return ret;
}

static void feeder_remove(struct platform_device *pdev)
{
	struct feeder *feeder = platform_get_drvdata(pdev);

	misc_deregister(&feeder->misc);
	mutex_lock(&feeder->lock);
	feeder->gone = true;
	mutex_unlock(&feeder->lock);
	kref_put(&feeder->ref, feeder_free);
}

static struct platform_driver feeder_driver = {
	.probe = feeder_probe,
	.remove = feeder_remove,
	.driver = {
		.name = "feeder",
	},
};
module_platform_driver(feeder_driver);

MODULE_DESCRIPTION("feeder");
MODULE_LICENSE("GPL");
