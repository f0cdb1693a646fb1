// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// User space may detach too, so the pointer is also cleared by an operation. It
// is liveness all the same: other operations refuse on it under the lock.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct sign {
	struct kref ref;
	struct miscdevice misc;
	struct mutex lock;	/* protects base */
	void __iomem *base;
};

static void sign_free(struct kref *ref)
{
	kfree(container_of(ref, struct sign, ref));
}

static void sign_detach(struct sign *sign)
{
	mutex_lock(&sign->lock);
	sign->base = NULL;
	mutex_unlock(&sign->lock);
}

static int sign_open(struct inode *inode, struct file *file)
{
	struct sign *sign = container_of(file->private_data, struct sign, misc);

	kref_get(&sign->ref);
	file->private_data = sign;
	return 0;
}

static int sign_release(struct inode *inode, struct file *file)
{
	struct sign *sign = file->private_data;

	kref_put(&sign->ref, sign_free);
	return 0;
}

static ssize_t sign_write(struct file *file, const char __user *from,
			  size_t size, loff_t *at)
{
	struct sign *sign = file->private_data;

	if (!sign->base)
		return -ENODEV;
	mutex_lock(&sign->lock);
	writel(size, sign->base);
	// expected-warning@-1{{tests 'base' outside 'lock'}}
	mutex_unlock(&sign->lock);
	return size;
}

static long sign_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct sign *sign = file->private_data;
	long ret = -ENODEV;

	if (cmd) {
		sign_detach(sign);
		return 0;
	}
	mutex_lock(&sign->lock);
	if (!sign->base)
		goto unlock;
	writel(arg, sign->base);
	ret = 0;
unlock:
	mutex_unlock(&sign->lock);
	return ret;
}

static const struct file_operations sign_fops = {
	.owner = THIS_MODULE,
	.open = sign_open,
	.release = sign_release,
	.write = sign_write,
	.unlocked_ioctl = sign_ioctl,
};

static int sign_probe(struct platform_device *pdev)
{
	struct sign *sign = kzalloc(sizeof(*sign), GFP_KERNEL);

	if (!sign)
		return -ENOMEM;
	kref_init(&sign->ref);
	mutex_init(&sign->lock);
	sign->base = devm_platform_ioremap_resource(pdev, 0);
	sign->misc.fops = &sign_fops;
	platform_set_drvdata(pdev, sign);
	return misc_register(&sign->misc);
}

static void sign_remove(struct platform_device *pdev)
{
	struct sign *sign = platform_get_drvdata(pdev);

	misc_deregister(&sign->misc);
	sign_detach(sign);
	kref_put(&sign->ref, sign_free);
}

static struct platform_driver sign_driver = {
	.probe = sign_probe,
	.remove = sign_remove,
	.driver = { .name = "sign" },
};
module_platform_driver(sign_driver);
