// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// A character device added with cdev_add(): cdev_del() stops new opens only.

#include <linux/cdev.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>

struct switch_dev {
	struct device dev;
	struct cdev cdev;
	struct pci_dev *pdev;
	void __iomem *regs;
	struct mutex mrpc_lock;
	bool alive;
};

static struct class *switch_dev_class;
static dev_t switch_dev_devt;

static void switch_dev_free(struct device *dev)
{
	kfree(container_of(dev, struct switch_dev, dev));
}

static int switch_dev_open(struct inode *inode, struct file *file)
{
	struct switch_dev *switch_dev = container_of(inode->i_cdev, struct switch_dev, cdev);

	get_device(&switch_dev->dev);
	file->private_data = switch_dev;
	return 0;
}

static int switch_dev_release(struct inode *inode, struct file *file)
{
	struct switch_dev *switch_dev = file->private_data;

	put_device(&switch_dev->dev);
	return 0;
}

static ssize_t switch_dev_write(struct file *file, const char __user *buf, size_t len,
		       loff_t *pos)
{
	struct switch_dev *switch_dev = file->private_data;

	iowrite32(len, switch_dev->regs);
	// expected-warning@-1{{and no fence excludes the two}}
	return len;
}

static const struct file_operations switch_dev_fops = {
	.owner = THIS_MODULE,
	.open = switch_dev_open,
	.release = switch_dev_release,
	.write = switch_dev_write,
};

static int switch_dev_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct switch_dev *switch_dev;
	int ret;

	ret = pcim_enable_device(pdev);
	if (ret)
		return ret;
	switch_dev = kzalloc(sizeof(*switch_dev), GFP_KERNEL);
	if (!switch_dev)
		return -ENOMEM;
	device_initialize(&switch_dev->dev);
	switch_dev->dev.class = switch_dev_class;
	switch_dev->dev.parent = &pdev->dev;
	switch_dev->dev.devt = switch_dev_devt;
	switch_dev->dev.release = switch_dev_free;
	switch_dev->pdev = pdev;
	mutex_init(&switch_dev->mrpc_lock);
	switch_dev->alive = true;
	ret = pcim_iomap_regions(pdev, BIT(0), "switch_dev");
	if (ret)
		goto err_put;
	switch_dev->regs = pcim_iomap_table(pdev)[0];
	ret = dev_set_name(&switch_dev->dev, "switch_dev");
	if (ret)
		goto err_put;
	pci_set_drvdata(pdev, switch_dev);
	cdev_init(&switch_dev->cdev, &switch_dev_fops);
	cdev_set_parent(&switch_dev->cdev, &switch_dev->dev.kobj);
	ret = cdev_add(&switch_dev->cdev, switch_dev->dev.devt, 1);
	if (ret)
		goto err_put;
	ret = device_add(&switch_dev->dev);
	if (ret) {
		cdev_del(&switch_dev->cdev);
		goto err_put;
	}
	return 0;

err_put:
	put_device(&switch_dev->dev);
	return ret;
}

static void switch_dev_remove(struct pci_dev *pdev)
{
	struct switch_dev *switch_dev = pci_get_drvdata(pdev);

	device_del(&switch_dev->dev);
	cdev_del(&switch_dev->cdev);
	mutex_lock(&switch_dev->mrpc_lock);
	switch_dev->alive = false;
	mutex_unlock(&switch_dev->mrpc_lock);
	put_device(&switch_dev->dev);
}

static const struct pci_device_id switch_dev_ids[] = {
	{ PCI_DEVICE(0x1234, 0x5678) },
	{ }
};
MODULE_DEVICE_TABLE(pci, switch_dev_ids);

static struct pci_driver switch_dev_driver = {
	.name = "switch_dev",
	.id_table = switch_dev_ids,
	.probe = switch_dev_probe,
	.remove = switch_dev_remove,
};

static int __init switch_dev_init(void)
{
	int ret;

	switch_dev_class = class_create("switch_dev");
	if (IS_ERR(switch_dev_class))
		return PTR_ERR(switch_dev_class);
	ret = alloc_chrdev_region(&switch_dev_devt, 0, 1, "switch_dev");
	if (ret)
		goto err_class;
	ret = pci_register_driver(&switch_dev_driver);
	if (ret)
		goto err_region;
	return 0;

err_region:
	unregister_chrdev_region(switch_dev_devt, 1);
err_class:
	class_destroy(switch_dev_class);
	return ret;
}
module_init(switch_dev_init);

static void __exit switch_dev_exit(void)
{
	pci_unregister_driver(&switch_dev_driver);
	unregister_chrdev_region(switch_dev_devt, 1);
	class_destroy(switch_dev_class);
}
module_exit(switch_dev_exit);

MODULE_DESCRIPTION("switch_dev");
MODULE_LICENSE("GPL");
