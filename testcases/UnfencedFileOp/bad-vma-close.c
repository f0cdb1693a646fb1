// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The mapping's close runs at munmap() or at exit, whenever that is.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct grabber {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void grabber_free(struct kref *ref)
{
	kfree(container_of(ref, struct grabber, ref));
}

static int grabber_open(struct inode *inode, struct file *file)
{
	struct grabber *grabber = container_of(file->private_data, struct grabber, misc);

	kref_get(&grabber->ref);
	file->private_data = grabber;
	return 0;
}

static int grabber_release(struct inode *inode, struct file *file)
{
	struct grabber *grabber = file->private_data;

	kref_put(&grabber->ref, grabber_free);
	return 0;
}

static void grabber_vma_close(struct vm_area_struct *vma)
{
	struct grabber *grabber = vma->vm_private_data;

	writel(0, grabber->base + 0x80);
	// expected-warning@-1{{and no fence excludes the two}}
}

static const struct vm_operations_struct grabber_vm_ops = {
	.close = grabber_vma_close,
};

static int grabber_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &grabber_vm_ops;
	return 0;
}

static const struct file_operations grabber_fops = {
	.owner = THIS_MODULE,
	.open = grabber_open,
	.release = grabber_release,
	.mmap = grabber_mmap,
};

static int grabber_probe(struct platform_device *pdev)
{
	struct grabber *grabber;
	int ret;

	grabber = kzalloc(sizeof(*grabber), GFP_KERNEL);
	if (!grabber)
		return -ENOMEM;
	kref_init(&grabber->ref);
	mutex_init(&grabber->lock);
	grabber->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(grabber->base)) {
		ret = PTR_ERR(grabber->base);
		goto err_put;
	}
	grabber->misc.minor = MISC_DYNAMIC_MINOR;
	grabber->misc.name = "grabber";
	grabber->misc.fops = &grabber_fops;
	grabber->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, grabber);
	ret = misc_register(&grabber->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&grabber->ref, grabber_free);
	return ret;
}

static void grabber_remove(struct platform_device *pdev)
{
	struct grabber *grabber = platform_get_drvdata(pdev);

	misc_deregister(&grabber->misc);
	mutex_lock(&grabber->lock);
	grabber->gone = true;
	mutex_unlock(&grabber->lock);
	kref_put(&grabber->ref, grabber_free);
}

static struct platform_driver grabber_driver = {
	.probe = grabber_probe,
	.remove = grabber_remove,
	.driver = {
		.name = "grabber",
	},
};
module_platform_driver(grabber_driver);

MODULE_DESCRIPTION("grabber");
MODULE_LICENSE("GPL");
