// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The flag is tested, but not under the mutex that remove() passes after it has
// set the flag: remove() does not wait for this door.

#include <linux/bitops.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#define RELAY_GONE 0

struct relay {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;
	unsigned long flags;
};

static void relay_free(struct kref *ref)
{
	kfree(container_of(ref, struct relay, ref));
}

static int relay_open(struct inode *inode, struct file *file)
{
	struct relay *relay = container_of(file->private_data, struct relay, misc);

	kref_get(&relay->ref);
	file->private_data = relay;
	return 0;
}

static int relay_release(struct inode *inode, struct file *file)
{
	struct relay *relay = file->private_data;

	kref_put(&relay->ref, relay_free);
	return 0;
}

static ssize_t relay_write(struct file *file, const char __user *buf, size_t len,
			 loff_t *pos)
{
	struct relay *relay = file->private_data;

	if (test_bit(RELAY_GONE, &relay->flags)) {
		return -ENODEV;
	}
	iowrite32(len, relay->base);
	// expected-warning@-1{{outside 'lock'}}
	return len;
}

static const struct file_operations relay_fops = {
	.owner = THIS_MODULE,
	.open = relay_open,
	.release = relay_release,
	.write = relay_write,
};

static int relay_probe(struct platform_device *pdev)
{
	struct relay *relay;
	int ret;

	relay = kzalloc(sizeof(*relay), GFP_KERNEL);
	if (!relay)
		return -ENOMEM;
	kref_init(&relay->ref);
	mutex_init(&relay->lock);
	relay->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(relay->base)) {
		ret = PTR_ERR(relay->base);
		goto err_put;
	}
	relay->misc.minor = MISC_DYNAMIC_MINOR;
	relay->misc.name = "relay";
	relay->misc.fops = &relay_fops;
	relay->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, relay);
	ret = misc_register(&relay->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&relay->ref, relay_free);
	return ret;
}

static void relay_remove(struct platform_device *pdev)
{
	struct relay *relay = platform_get_drvdata(pdev);

	misc_deregister(&relay->misc);
	set_bit(RELAY_GONE, &relay->flags);
	mutex_lock(&relay->lock);
	mutex_unlock(&relay->lock);
	kref_put(&relay->ref, relay_free);
}

static struct platform_driver relay_driver = {
	.probe = relay_probe,
	.remove = relay_remove,
	.driver = {
		.name = "relay",
	},
};
module_platform_driver(relay_driver);

MODULE_DESCRIPTION("relay");
MODULE_LICENSE("GPL");
