// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Known miss: the touch is in a function of another unit. What an exported function
// does with the object is not known here, so nothing is reported; joining units is
// the link step's job.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct bridge {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void bridge_free(struct kref *ref)
{
	kfree(container_of(ref, struct bridge, ref));
}

static int bridge_open(struct inode *inode, struct file *file)
{
	struct bridge *bridge = container_of(file->private_data, struct bridge, misc);

	kref_get(&bridge->ref);
	file->private_data = bridge;
	return 0;
}

static int bridge_release(struct inode *inode, struct file *file)
{
	struct bridge *bridge = file->private_data;

	kref_put(&bridge->ref, bridge_free);
	return 0;
}

u32 bridge_hw_read(struct bridge *bridge);

static long bridge_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct bridge *bridge = file->private_data;

	return put_user(bridge_hw_read(bridge), (u32 __user *)arg);
}

static const struct file_operations bridge_fops = {
	.owner = THIS_MODULE,
	.open = bridge_open,
	.release = bridge_release,
	.unlocked_ioctl = bridge_ioctl,
};

static int bridge_probe(struct platform_device *pdev)
{
	struct bridge *bridge;
	int ret;

	bridge = kzalloc(sizeof(*bridge), GFP_KERNEL);
	if (!bridge)
		return -ENOMEM;
	kref_init(&bridge->ref);
	mutex_init(&bridge->lock);
	bridge->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(bridge->base)) {
		ret = PTR_ERR(bridge->base);
		goto err_put;
	}
	bridge->misc.minor = MISC_DYNAMIC_MINOR;
	bridge->misc.name = "bridge";
	bridge->misc.fops = &bridge_fops;
	bridge->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, bridge);
	ret = misc_register(&bridge->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&bridge->ref, bridge_free);
	return ret;
}

static void bridge_remove(struct platform_device *pdev)
{
	struct bridge *bridge = platform_get_drvdata(pdev);

	misc_deregister(&bridge->misc);
	mutex_lock(&bridge->lock);
	bridge->gone = true;
	mutex_unlock(&bridge->lock);
	kref_put(&bridge->ref, bridge_free);
}

static struct platform_driver bridge_driver = {
	.probe = bridge_probe,
	.remove = bridge_remove,
	.driver = {
		.name = "bridge",
	},
};
module_platform_driver(bridge_driver);

MODULE_DESCRIPTION("bridge");
MODULE_LICENSE("GPL");
