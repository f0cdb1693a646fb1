// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// synchronize_srcu() waits for those who have the pointer.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/srcu.h>

struct scope {
	struct kref ref;
	struct miscdevice misc;
	struct srcu_struct srcu;
	void __iomem __rcu *base;
};

static void scope_free(struct kref *ref)
{
	kfree(container_of(ref, struct scope, ref));
}

static int scope_open(struct inode *inode, struct file *file)
{
	struct scope *scope = container_of(file->private_data, struct scope, misc);

	kref_get(&scope->ref);
	file->private_data = scope;
	return 0;
}

static int scope_release(struct inode *inode, struct file *file)
{
	struct scope *scope = file->private_data;

	kref_put(&scope->ref, scope_free);
	return 0;
}

static long scope_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct scope *scope = file->private_data;
	void __iomem *base;
	long ret = -ENODEV;
	int key;

	key = srcu_read_lock(&scope->srcu);
	base = srcu_dereference(scope->base, &scope->srcu);
	if (!base)
		goto unlock;
	writel(arg, base);
	ret = 0;
unlock:
	srcu_read_unlock(&scope->srcu, key);
	return ret;
}

static const struct file_operations scope_fops = {
	.owner = THIS_MODULE,
	.open = scope_open,
	.release = scope_release,
	.unlocked_ioctl = scope_ioctl,
};

static int scope_probe(struct platform_device *pdev)
{
	struct scope *scope;
	int ret;

	scope = kzalloc(sizeof(*scope), GFP_KERNEL);
	if (!scope)
		return -ENOMEM;
	kref_init(&scope->ref);
	ret = init_srcu_struct(&scope->srcu);
	if (ret)
		goto err_put;
	rcu_assign_pointer(scope->base, devm_platform_ioremap_resource(pdev, 0));
	scope->misc.minor = MISC_DYNAMIC_MINOR;
	scope->misc.name = "scope";
	scope->misc.fops = &scope_fops;
	scope->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, scope);
	ret = misc_register(&scope->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&scope->ref, scope_free);
	return ret;
}

static void scope_remove(struct platform_device *pdev)
{
	struct scope *scope = platform_get_drvdata(pdev);

	misc_deregister(&scope->misc);
	rcu_assign_pointer(scope->base, NULL);
	synchronize_srcu(&scope->srcu);
	kref_put(&scope->ref, scope_free);
}

static struct platform_driver scope_driver = {
	.probe = scope_probe,
	.remove = scope_remove,
	.driver = {
		.name = "scope",
	},
};
module_platform_driver(scope_driver);

MODULE_DESCRIPTION("scope");
MODULE_LICENSE("GPL");
