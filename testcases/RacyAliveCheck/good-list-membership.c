// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// List membership as the predicate, under the lock that guards the list.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct node {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct list_head entry;
};

static LIST_HEAD(node_list);
static DEFINE_MUTEX(node_lock);

static void node_free(struct kref *ref)
{
	kfree(container_of(ref, struct node, ref));
}

static int node_open(struct inode *inode, struct file *file)
{
	struct node *node = container_of(file->private_data, struct node, misc);

	kref_get(&node->ref);
	file->private_data = node;
	return 0;
}

static int node_release(struct inode *inode, struct file *file)
{
	struct node *node = file->private_data;

	kref_put(&node->ref, node_free);
	return 0;
}

static long node_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct node *node = file->private_data;

	mutex_lock(&node_lock);
	if (list_empty(&node->entry)) {
		mutex_unlock(&node_lock);
		return -ENODEV;
	}
	writel(arg, node->base);
	mutex_unlock(&node_lock);
	return 0;
}

static const struct file_operations node_fops = {
	.owner = THIS_MODULE,
	.open = node_open,
	.release = node_release,
	.unlocked_ioctl = node_ioctl,
};

static int node_probe(struct platform_device *pdev)
{
	struct node *node;
	int ret;

	node = kzalloc(sizeof(*node), GFP_KERNEL);
	if (!node)
		return -ENOMEM;
	kref_init(&node->ref);
	INIT_LIST_HEAD(&node->entry);
	node->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(node->base)) {
		ret = PTR_ERR(node->base);
		goto err_put;
	}
	mutex_lock(&node_lock);
	list_add(&node->entry, &node_list);
	mutex_unlock(&node_lock);
	node->misc.minor = MISC_DYNAMIC_MINOR;
	node->misc.name = "node";
	node->misc.fops = &node_fops;
	node->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, node);
	ret = misc_register(&node->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&node->ref, node_free);
	return ret;
}

static void node_remove(struct platform_device *pdev)
{
	struct node *node = platform_get_drvdata(pdev);

	misc_deregister(&node->misc);
	mutex_lock(&node_lock);
	list_del_init(&node->entry);
	mutex_unlock(&node_lock);
	kref_put(&node->ref, node_free);
}

static struct platform_driver node_driver = {
	.probe = node_probe,
	.remove = node_remove,
	.driver = {
		.name = "node",
	},
};
module_platform_driver(node_driver);

MODULE_DESCRIPTION("node");
MODULE_LICENSE("GPL");
