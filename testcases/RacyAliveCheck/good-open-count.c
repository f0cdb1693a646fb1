// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The last of close and unbind frees the object, and both decide it under the
// lock.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

static DEFINE_MUTEX(pager_lock);	/* protects open and gone */

struct pager {
	struct miscdevice misc;
	int open;
	bool gone;
};

static int pager_open(struct inode *inode, struct file *file)
{
	struct pager *pager = container_of(file->private_data, struct pager, misc);

	mutex_lock(&pager_lock);
	pager->open++;
	mutex_unlock(&pager_lock);
	file->private_data = pager;
	return 0;
}

static int pager_release(struct inode *inode, struct file *file)
{
	struct pager *pager = file->private_data;
	bool last;

	mutex_lock(&pager_lock);
	pager->open--;
	last = !pager->open && pager->gone;
	mutex_unlock(&pager_lock);
	if (last)
		kfree(pager);
	return 0;
}

static const struct file_operations pager_fops = {
	.owner = THIS_MODULE,
	.open = pager_open,
	.release = pager_release,
};

static int pager_probe(struct platform_device *pdev)
{
	struct pager *pager = kzalloc(sizeof(*pager), GFP_KERNEL);

	if (!pager)
		return -ENOMEM;
	pager->misc.fops = &pager_fops;
	platform_set_drvdata(pdev, pager);
	return misc_register(&pager->misc);
}

static void pager_remove(struct platform_device *pdev)
{
	struct pager *pager = platform_get_drvdata(pdev);
	bool idle;

	misc_deregister(&pager->misc);
	mutex_lock(&pager_lock);
	pager->gone = true;
	idle = !pager->open;
	mutex_unlock(&pager_lock);
	if (idle)
		kfree(pager);
}

static struct platform_driver pager_driver = {
	.probe = pager_probe,
	.remove = pager_remove,
	.driver = { .name = "pager" },
};
module_platform_driver(pager_driver);
