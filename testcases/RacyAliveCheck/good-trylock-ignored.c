// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The door gives up when it does not get the lock.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct gate {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void gate_free(struct kref *ref)
{
	kfree(container_of(ref, struct gate, ref));
}

static int gate_open(struct inode *inode, struct file *file)
{
	struct gate *gate = container_of(file->private_data, struct gate, misc);

	kref_get(&gate->ref);
	file->private_data = gate;
	return 0;
}

static int gate_release(struct inode *inode, struct file *file)
{
	struct gate *gate = file->private_data;

	kref_put(&gate->ref, gate_free);
	return 0;
}

static long gate_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct gate *gate = file->private_data;
	int locked = mutex_trylock(&gate->lock);

	if (!locked)
		return -EAGAIN;
	if (!gate->gone)
		writel(arg, gate->base);
	if (locked)
		mutex_unlock(&gate->lock);
	return 0;
}

static const struct file_operations gate_fops = {
	.owner = THIS_MODULE,
	.open = gate_open,
	.release = gate_release,
	.unlocked_ioctl = gate_ioctl,
};

static int gate_probe(struct platform_device *pdev)
{
	struct gate *gate;
	int ret;

	gate = kzalloc(sizeof(*gate), GFP_KERNEL);
	if (!gate)
		return -ENOMEM;
	kref_init(&gate->ref);
	mutex_init(&gate->lock);
	gate->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(gate->base)) {
		ret = PTR_ERR(gate->base);
		goto err_put;
	}
	gate->misc.minor = MISC_DYNAMIC_MINOR;
	gate->misc.name = "gate";
	gate->misc.fops = &gate_fops;
	gate->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, gate);
	ret = misc_register(&gate->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&gate->ref, gate_free);
	return ret;
}

static void gate_remove(struct platform_device *pdev)
{
	struct gate *gate = platform_get_drvdata(pdev);

	misc_deregister(&gate->misc);
	mutex_lock(&gate->lock);
	gate->gone = true;
	mutex_unlock(&gate->lock);
	kref_put(&gate->ref, gate_free);
}

static struct platform_driver gate_driver = {
	.probe = gate_probe,
	.remove = gate_remove,
	.driver = {
		.name = "gate",
	},
};
module_platform_driver(gate_driver);

MODULE_DESCRIPTION("gate");
MODULE_LICENSE("GPL");
