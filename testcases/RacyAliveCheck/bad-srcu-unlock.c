// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The SRCU section ends before the write that it should cover.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/srcu.h>

struct drum {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct srcu_struct srcu;
	bool gone;
};

static void drum_free(struct kref *ref)
{
	struct drum *drum = container_of(ref, struct drum, ref);

	cleanup_srcu_struct(&drum->srcu);
	kfree(drum);
}

static int drum_open(struct inode *inode, struct file *file)
{
	struct drum *drum = container_of(file->private_data, struct drum, misc);

	kref_get(&drum->ref);
	file->private_data = drum;
	return 0;
}

static int drum_release(struct inode *inode, struct file *file)
{
	struct drum *drum = file->private_data;

	kref_put(&drum->ref, drum_free);
	return 0;
}

static long drum_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct drum *drum = file->private_data;

	scoped_guard(srcu, &drum->srcu)
		if (READ_ONCE(drum->gone))
			return -ENODEV;
	writel(arg, drum->base);
	// expected-warning@-1{{drops 'srcu' between the test of 'gone' and}}
	return 0;
}

static const struct file_operations drum_fops = {
	.owner = THIS_MODULE,
	.open = drum_open,
	.release = drum_release,
	.unlocked_ioctl = drum_ioctl,
};

static int drum_probe(struct platform_device *pdev)
{
	struct drum *drum;
	int ret;

	drum = kzalloc(sizeof(*drum), GFP_KERNEL);
	if (!drum)
		return -ENOMEM;
	kref_init(&drum->ref);
	ret = init_srcu_struct(&drum->srcu);
	if (ret) {
		kfree(drum);
		return ret;
	}
	drum->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(drum->base)) {
		ret = PTR_ERR(drum->base);
		goto err_put;
	}
	drum->misc.minor = MISC_DYNAMIC_MINOR;
	drum->misc.name = "drum";
	drum->misc.fops = &drum_fops;
	drum->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, drum);
	ret = misc_register(&drum->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&drum->ref, drum_free);
	return ret;
}

static void drum_remove(struct platform_device *pdev)
{
	struct drum *drum = platform_get_drvdata(pdev);

	misc_deregister(&drum->misc);
	WRITE_ONCE(drum->gone, true);
	synchronize_srcu(&drum->srcu);
	kref_put(&drum->ref, drum_free);
}

static struct platform_driver drum_driver = {
	.probe = drum_probe,
	.remove = drum_remove,
	.driver = {
		.name = "drum",
	},
};
module_platform_driver(drum_driver);

MODULE_DESCRIPTION("drum");
MODULE_LICENSE("GPL");
