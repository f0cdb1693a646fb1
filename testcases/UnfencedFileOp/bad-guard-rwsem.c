// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// guard(rwsem_read) is there, the test is not.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/rwsem.h>
#include <linux/slab.h>

struct kiln {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct rw_semaphore sem;	/* base is NULL once the device is gone */
};

static void kiln_free(struct kref *ref)
{
	kfree(container_of(ref, struct kiln, ref));
}

static int kiln_open(struct inode *inode, struct file *file)
{
	struct kiln *kiln = container_of(file->private_data, struct kiln, misc);

	kref_get(&kiln->ref);
	file->private_data = kiln;
	return 0;
}

static int kiln_release(struct inode *inode, struct file *file)
{
	struct kiln *kiln = file->private_data;

	kref_put(&kiln->ref, kiln_free);
	return 0;
}

static long kiln_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct kiln *kiln = file->private_data;

	guard(rwsem_read)(&kiln->sem);
	writel(arg, kiln->base);
	// expected-warning@-1{{and no fence excludes the two}}
	return 0;
}

static const struct file_operations kiln_fops = {
	.owner = THIS_MODULE,
	.open = kiln_open,
	.release = kiln_release,
	.unlocked_ioctl = kiln_ioctl,
};

static int kiln_probe(struct platform_device *pdev)
{
	struct kiln *kiln;
	int ret;

	kiln = kzalloc(sizeof(*kiln), GFP_KERNEL);
	if (!kiln)
		return -ENOMEM;
	kref_init(&kiln->ref);
	init_rwsem(&kiln->sem);
	kiln->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(kiln->base)) {
		ret = PTR_ERR(kiln->base);
		goto err_put;
	}
	kiln->misc.minor = MISC_DYNAMIC_MINOR;
	kiln->misc.name = "kiln";
	kiln->misc.fops = &kiln_fops;
	kiln->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, kiln);
	ret = misc_register(&kiln->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&kiln->ref, kiln_free);
	return ret;
}

static void kiln_remove(struct platform_device *pdev)
{
	struct kiln *kiln = platform_get_drvdata(pdev);

	misc_deregister(&kiln->misc);
	down_write(&kiln->sem);
	kiln->base = NULL;
	up_write(&kiln->sem);
	kref_put(&kiln->ref, kiln_free);
}

static struct platform_driver kiln_driver = {
	.probe = kiln_probe,
	.remove = kiln_remove,
	.driver = {
		.name = "kiln",
	},
};
module_platform_driver(kiln_driver);

MODULE_DESCRIPTION("kiln");
MODULE_LICENSE("GPL");
