// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// RUN: %strongfence-jsonl | FileCheck %s
//
// suppress_bind_attrs takes the sysfs way to unbind only: the finding stays, with
// the lowest severity.
//
// CHECK: "rule":"UnfencedFileOp"{{.*}}"severity":"low"

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct pmu {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void pmu_free(struct kref *ref)
{
	kfree(container_of(ref, struct pmu, ref));
}

static int pmu_open(struct inode *inode, struct file *file)
{
	struct pmu *pmu = container_of(file->private_data, struct pmu, misc);

	kref_get(&pmu->ref);
	file->private_data = pmu;
	return 0;
}

static int pmu_release(struct inode *inode, struct file *file)
{
	struct pmu *pmu = file->private_data;

	kref_put(&pmu->ref, pmu_free);
	return 0;
}

static long pmu_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct pmu *pmu = file->private_data;

	writel(arg, pmu->base);
	// expected-warning@-1{{and no fence excludes the two}}
	return 0;
}

static const struct file_operations pmu_fops = {
	.owner = THIS_MODULE,
	.open = pmu_open,
	.release = pmu_release,
	.unlocked_ioctl = pmu_ioctl,
};

static int pmu_probe(struct platform_device *pdev)
{
	struct pmu *pmu;
	int ret;

	pmu = kzalloc(sizeof(*pmu), GFP_KERNEL);
	if (!pmu)
		return -ENOMEM;
	kref_init(&pmu->ref);
	mutex_init(&pmu->lock);
	pmu->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(pmu->base)) {
		ret = PTR_ERR(pmu->base);
		goto err_put;
	}
	pmu->misc.minor = MISC_DYNAMIC_MINOR;
	pmu->misc.name = "pmu";
	pmu->misc.fops = &pmu_fops;
	pmu->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, pmu);
	ret = misc_register(&pmu->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&pmu->ref, pmu_free);
	return ret;
}

static void pmu_remove(struct platform_device *pdev)
{
	struct pmu *pmu = platform_get_drvdata(pdev);

	misc_deregister(&pmu->misc);
	mutex_lock(&pmu->lock);
	pmu->gone = true;
	mutex_unlock(&pmu->lock);
	kref_put(&pmu->ref, pmu_free);
}

static struct platform_driver pmu_driver = {
	.probe = pmu_probe,
	.remove = pmu_remove,
	.driver = {
		.name = "pmu",
		.suppress_bind_attrs = true,
	},
};
module_platform_driver(pmu_driver);

MODULE_DESCRIPTION("pmu");
MODULE_LICENSE("GPL");
