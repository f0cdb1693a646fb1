// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// A helper allocates what belongs to the parent, another one keeps it in an object that
// lives longer.

#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct press_hw {
	u32 strokes;
	u32 *log;
};

struct press {
	struct kref ref;
	struct miscdevice misc;
	struct press_hw *hw;	/* of the parent */
	struct mutex lock;	/* protects gone and what hw points to */
	bool gone;
};

static void press_free(struct kref *ref)
{
	kfree(container_of(ref, struct press, ref));
}

static int press_open(struct inode *inode, struct file *file)
{
	struct press *press = container_of(file->private_data, struct press, misc);

	kref_get(&press->ref);
	file->private_data = press;
	return 0;
}

static int press_release(struct inode *inode, struct file *file)
{
	struct press *press = file->private_data;

	kref_put(&press->ref, press_free);
	return 0;
}

static ssize_t press_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct press *press = file->private_data;
	u32 strokes;

	strokes = press->hw->strokes;
	// expected-warning@-1{{dereferences 'hw' that devres frees after 'press_remove'}}
	return simple_read_from_buffer(buf, len, pos, &strokes, sizeof(strokes));
}

static const struct file_operations press_fops = {
	.owner = THIS_MODULE,
	.open = press_open,
	.release = press_release,
	.read = press_read,
};

static struct press_hw *press_hw_map(struct platform_device *pdev)
{
	struct press_hw *hw;

	hw = devm_kzalloc(&pdev->dev, sizeof(*hw), GFP_KERNEL);
	if (!hw)
		return ERR_PTR(-ENOMEM);
	hw->log = devm_kcalloc(&pdev->dev, 64, sizeof(*hw->log), GFP_KERNEL);
	if (!hw->log)
		return ERR_PTR(-ENOMEM);
	return hw;
}

static struct press *press_create(struct device *parent, struct press_hw *hw)
{
	struct press *press;

	press = kzalloc(sizeof(*press), GFP_KERNEL);
	if (!press)
		return NULL;
	kref_init(&press->ref);
	mutex_init(&press->lock);
	press->hw = hw;
	press->misc.minor = MISC_DYNAMIC_MINOR;
	press->misc.name = "press";
	press->misc.fops = &press_fops;
	press->misc.parent = parent;
	return press;
}

static int press_probe(struct platform_device *pdev)
{
	struct press_hw *hw;
	struct press *press;
	int ret;

	hw = press_hw_map(pdev);
	if (IS_ERR(hw))
		return PTR_ERR(hw);
	press = press_create(&pdev->dev, hw);
	if (!press)
		return -ENOMEM;
	platform_set_drvdata(pdev, press);
	ret = misc_register(&press->misc);
	if (ret)
		kref_put(&press->ref, press_free);
	return ret;
}

static void press_remove(struct platform_device *pdev)
{
	struct press *press = platform_get_drvdata(pdev);

	misc_deregister(&press->misc);
	mutex_lock(&press->lock);
	press->gone = true;
	mutex_unlock(&press->lock);
	kref_put(&press->ref, press_free);
}

static struct platform_driver press_driver = {
	.probe = press_probe,
	.remove = press_remove,
	.driver = {
		.name = "press",
	},
};
module_platform_driver(press_driver);

MODULE_DESCRIPTION("press");
MODULE_LICENSE("GPL");
