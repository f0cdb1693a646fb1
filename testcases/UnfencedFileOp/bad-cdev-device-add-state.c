// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// Shape N3 with a state: the lock is held, the state is not looked at.

#include <linux/cdev.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>

enum afu_state {
	AFU_INIT,
	AFU_READY,
	AFU_CLOSED,
};

struct afu {
	struct device dev;
	struct cdev cdev;
	struct pci_dev *pdev;
	void __iomem *regs;
	struct mutex lock;
	enum afu_state state;
};

static struct class *afu_class;
static dev_t afu_devt;

static void afu_free(struct device *dev)
{
	kfree(container_of(dev, struct afu, dev));
}

static int afu_open(struct inode *inode, struct file *file)
{
	struct afu *afu = container_of(inode->i_cdev, struct afu, cdev);

	get_device(&afu->dev);
	file->private_data = afu;
	return 0;
}

static int afu_release(struct inode *inode, struct file *file)
{
	struct afu *afu = file->private_data;

	put_device(&afu->dev);
	return 0;
}

static long afu_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct afu *afu = file->private_data;
	long ret = 0;

	mutex_lock(&afu->lock);
	if (arg > 15) {
		ret = -EINVAL;
		goto unlock;
	}
	iowrite32(arg, afu->regs + 0x40);
	// expected-warning@-1{{and no fence excludes the two}}
unlock:
	mutex_unlock(&afu->lock);
	return ret;
}

static const struct file_operations afu_fops = {
	.owner = THIS_MODULE,
	.open = afu_open,
	.release = afu_release,
	.unlocked_ioctl = afu_ioctl,
};

static int afu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct afu *afu;
	int ret;

	ret = pcim_enable_device(pdev);
	if (ret)
		return ret;
	afu = kzalloc(sizeof(*afu), GFP_KERNEL);
	if (!afu)
		return -ENOMEM;
	device_initialize(&afu->dev);
	afu->dev.class = afu_class;
	afu->dev.parent = &pdev->dev;
	afu->dev.devt = afu_devt;
	afu->dev.release = afu_free;
	afu->pdev = pdev;
	mutex_init(&afu->lock);
	afu->state = AFU_READY;
	ret = pcim_iomap_regions(pdev, BIT(0), "afu");
	if (ret)
		goto err_put;
	afu->regs = pcim_iomap_table(pdev)[0];
	ret = dev_set_name(&afu->dev, "afu");
	if (ret)
		goto err_put;
	pci_set_drvdata(pdev, afu);
	cdev_init(&afu->cdev, &afu_fops);
	ret = cdev_device_add(&afu->cdev, &afu->dev);
	if (ret)
		goto err_put;
	return 0;

err_put:
	put_device(&afu->dev);
	return ret;
}

static void afu_remove(struct pci_dev *pdev)
{
	struct afu *afu = pci_get_drvdata(pdev);

	cdev_device_del(&afu->cdev, &afu->dev);
	mutex_lock(&afu->lock);
	afu->state = AFU_CLOSED;
	mutex_unlock(&afu->lock);
	put_device(&afu->dev);
}

static const struct pci_device_id afu_ids[] = {
	{ PCI_DEVICE(0x1234, 0x5678) },
	{ }
};
MODULE_DEVICE_TABLE(pci, afu_ids);

static struct pci_driver afu_driver = {
	.name = "afu",
	.id_table = afu_ids,
	.probe = afu_probe,
	.remove = afu_remove,
};

static int __init afu_init(void)
{
	int ret;

	afu_class = class_create("afu");
	if (IS_ERR(afu_class))
		return PTR_ERR(afu_class);
	ret = alloc_chrdev_region(&afu_devt, 0, 1, "afu");
	if (ret)
		goto err_class;
	ret = pci_register_driver(&afu_driver);
	if (ret)
		goto err_region;
	return 0;

err_region:
	unregister_chrdev_region(afu_devt, 1);
err_class:
	class_destroy(afu_class);
	return ret;
}
module_init(afu_init);

static void __exit afu_exit(void)
{
	pci_unregister_driver(&afu_driver);
	unregister_chrdev_region(afu_devt, 1);
	class_destroy(afu_class);
}
module_exit(afu_exit);

MODULE_DESCRIPTION("afu");
MODULE_LICENSE("GPL");
