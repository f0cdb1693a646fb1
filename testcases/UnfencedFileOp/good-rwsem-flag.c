// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Shape S1: the door reads the flag under the read lock, remove() sets it under
// the write lock.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/rwsem.h>
#include <linux/slab.h>

struct scope {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct rw_semaphore sem;
	bool gone;
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

static ssize_t scope_read(struct file *file, char __user *buf, size_t len,
			loff_t *pos)
{
	struct scope *scope = file->private_data;
	u32 sample;

	down_read(&scope->sem);
	if (scope->gone) {
		up_read(&scope->sem);
		return -ENODEV;
	}
	sample = ioread32(scope->base + 0x20);
	up_read(&scope->sem);
	return simple_read_from_buffer(buf, len, pos, &sample, sizeof(sample));
}

static const struct file_operations scope_fops = {
	.owner = THIS_MODULE,
	.open = scope_open,
	.release = scope_release,
	.read = scope_read,
};

static int scope_probe(struct platform_device *pdev)
{
	struct scope *scope;
	int ret;

	scope = kzalloc(sizeof(*scope), GFP_KERNEL);
	if (!scope)
		return -ENOMEM;
	kref_init(&scope->ref);
	init_rwsem(&scope->sem);
	scope->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(scope->base)) {
		ret = PTR_ERR(scope->base);
		goto err_put;
	}
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
	down_write(&scope->sem);
	scope->gone = true;
	up_write(&scope->sem);
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
