// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Shape S4: an active reference with a kill bit; remove() kills it and waits.

#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/percpu-refcount.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct crypto {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct percpu_ref users;
	struct completion idle;
};

static void crypto_users_gone(struct percpu_ref *users)
{
	struct crypto *crypto = container_of(users, struct crypto, users);

	complete(&crypto->idle);
}

static void crypto_free(struct kref *ref)
{
	struct crypto *crypto = container_of(ref, struct crypto, ref);

	percpu_ref_exit(&crypto->users);
	kfree(crypto);
}

static int crypto_open(struct inode *inode, struct file *file)
{
	struct crypto *crypto = container_of(file->private_data, struct crypto, misc);

	kref_get(&crypto->ref);
	file->private_data = crypto;
	return 0;
}

static int crypto_release(struct inode *inode, struct file *file)
{
	struct crypto *crypto = file->private_data;

	kref_put(&crypto->ref, crypto_free);
	return 0;
}

static ssize_t crypto_write(struct file *file, const char __user *buf, size_t len,
			 loff_t *pos)
{
	struct crypto *crypto = file->private_data;

	if (!percpu_ref_tryget_live(&crypto->users))
		return -ENODEV;
	writel(len, crypto->base);
	percpu_ref_put(&crypto->users);
	return len;
}

static const struct file_operations crypto_fops = {
	.owner = THIS_MODULE,
	.open = crypto_open,
	.release = crypto_release,
	.write = crypto_write,
};

static int crypto_probe(struct platform_device *pdev)
{
	struct crypto *crypto;
	int ret;

	crypto = kzalloc(sizeof(*crypto), GFP_KERNEL);
	if (!crypto)
		return -ENOMEM;
	kref_init(&crypto->ref);
	init_completion(&crypto->idle);
	ret = percpu_ref_init(&crypto->users, crypto_users_gone, 0, GFP_KERNEL);
	if (ret) {
		kfree(crypto);
		return ret;
	}
	crypto->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(crypto->base)) {
		ret = PTR_ERR(crypto->base);
		goto err_put;
	}
	crypto->misc.minor = MISC_DYNAMIC_MINOR;
	crypto->misc.name = "crypto";
	crypto->misc.fops = &crypto_fops;
	crypto->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, crypto);
	ret = misc_register(&crypto->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&crypto->ref, crypto_free);
	return ret;
}

static void crypto_remove(struct platform_device *pdev)
{
	struct crypto *crypto = platform_get_drvdata(pdev);

	misc_deregister(&crypto->misc);
	percpu_ref_kill(&crypto->users);
	wait_for_completion(&crypto->idle);
	kref_put(&crypto->ref, crypto_free);
}

static struct platform_driver crypto_driver = {
	.probe = crypto_probe,
	.remove = crypto_remove,
	.driver = {
		.name = "crypto",
	},
};
module_platform_driver(crypto_driver);

MODULE_DESCRIPTION("crypto");
MODULE_LICENSE("GPL");
