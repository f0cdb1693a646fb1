// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// RUN: %strongfence-jsonl | FileCheck %s
// expected-no-diagnostics
//
// A loop without a condition, around an SRCU section with lockdep's checks and a sleep:
// it stays within the budget.
//
// CHECK: "budget_stops":[]

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/wait.h>

struct encoder_hw;

struct encoder_ops {
	u32 (*read)(struct encoder_hw *hw);
};

struct encoder_hw {
	const struct encoder_ops *ops;
	struct device *dev;
};

struct encoder {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct srcu_struct srcu;
	struct encoder_hw __rcu *hw;
	wait_queue_head_t wq;
	spinlock_t lock;	/* protects samples */
	unsigned int samples;
	bool going;
};

static void encoder_free(struct kref *ref)
{
	struct encoder *encoder = container_of(ref, struct encoder, ref);

	cleanup_srcu_struct(&encoder->srcu);
	kfree(encoder);
}

static int encoder_open(struct inode *inode, struct file *file)
{
	struct encoder *encoder = container_of(file->private_data, struct encoder, misc);

	kref_get(&encoder->ref);
	file->private_data = encoder;
	return 0;
}

static int encoder_release(struct inode *inode, struct file *file)
{
	struct encoder *encoder = file->private_data;

	kref_put(&encoder->ref, encoder_free);
	return 0;
}

/* Gives the hardware, or NULL when the device has gone. */
static struct encoder_hw *encoder_get(struct encoder *encoder, int *idx)
{
	struct encoder_hw *hw;

	*idx = srcu_read_lock(&encoder->srcu);
	hw = srcu_dereference(encoder->hw, &encoder->srcu);
	if (!hw)
		srcu_read_unlock(&encoder->srcu, *idx);
	return hw;
}

static bool encoder_take(struct encoder *encoder)
{
	unsigned long flags;
	bool taken;

	spin_lock_irqsave(&encoder->lock, flags);
	taken = encoder->samples != 0;
	if (taken)
		encoder->samples--;
	spin_unlock_irqrestore(&encoder->lock, flags);
	return taken;
}

static ssize_t encoder_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct encoder *encoder = file->private_data;
	struct encoder_hw *hw;
	bool taken;
	u32 val;
	int idx, ret;

	if (len < sizeof(val))
		return -EINVAL;
	for (;;) {
		hw = encoder_get(encoder, &idx);
		if (!hw)
			return -ENODEV;
		taken = encoder_take(encoder);
		if (taken)
			val = hw->ops->read(hw);
		srcu_read_unlock(&encoder->srcu, idx);
		if (taken)
			break;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		ret = wait_event_interruptible(encoder->wq, READ_ONCE(encoder->samples) ||
							    READ_ONCE(encoder->going));
		if (ret)
			return ret;
		if (READ_ONCE(encoder->going))
			return -ENODEV;
	}
	return simple_read_from_buffer(buf, len, pos, &val, sizeof(val));
}

static const struct file_operations encoder_fops = {
	.owner = THIS_MODULE,
	.open = encoder_open,
	.release = encoder_release,
	.read = encoder_read,
};

static int encoder_probe(struct platform_device *pdev)
{
	struct encoder_hw *hw;
	struct encoder *encoder;
	int ret;

	encoder = kzalloc(sizeof(*encoder), GFP_KERNEL);
	if (!encoder)
		return -ENOMEM;
	kref_init(&encoder->ref);
	init_waitqueue_head(&encoder->wq);
	spin_lock_init(&encoder->lock);
	ret = init_srcu_struct(&encoder->srcu);
	if (ret) {
		kfree(encoder);
		return ret;
	}
	encoder->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(encoder->base)) {
		ret = PTR_ERR(encoder->base);
		goto err_put;
	}
	hw = devm_kzalloc(&pdev->dev, sizeof(*hw), GFP_KERNEL);
	if (!hw) {
		ret = -ENOMEM;
		goto err_put;
	}
	hw->ops = dev_get_platdata(&pdev->dev);
	hw->dev = &pdev->dev;
	rcu_assign_pointer(encoder->hw, hw);
	encoder->misc.minor = MISC_DYNAMIC_MINOR;
	encoder->misc.name = "encoder";
	encoder->misc.fops = &encoder_fops;
	encoder->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, encoder);
	ret = misc_register(&encoder->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&encoder->ref, encoder_free);
	return ret;
}

static void encoder_remove(struct platform_device *pdev)
{
	struct encoder *encoder = platform_get_drvdata(pdev);

	misc_deregister(&encoder->misc);
	WRITE_ONCE(encoder->going, true);
	wake_up_all(&encoder->wq);
	rcu_assign_pointer(encoder->hw, NULL);
	synchronize_srcu(&encoder->srcu);
	kref_put(&encoder->ref, encoder_free);
}

static struct platform_driver encoder_driver = {
	.probe = encoder_probe,
	.remove = encoder_remove,
	.driver = {
		.name = "encoder",
	},
};
module_platform_driver(encoder_driver);

MODULE_DESCRIPTION("encoder");
MODULE_LICENSE("GPL");
