// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// One of two doors forgets to enter the SRCU section.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/srcu.h>

struct mixer {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct srcu_struct srcu;
	bool gone;
};

static void mixer_free(struct kref *ref)
{
	struct mixer *mixer = container_of(ref, struct mixer, ref);

	cleanup_srcu_struct(&mixer->srcu);
	kfree(mixer);
}

static int mixer_open(struct inode *inode, struct file *file)
{
	struct mixer *mixer = container_of(file->private_data, struct mixer, misc);

	kref_get(&mixer->ref);
	file->private_data = mixer;
	return 0;
}

static int mixer_release(struct inode *inode, struct file *file)
{
	struct mixer *mixer = file->private_data;

	kref_put(&mixer->ref, mixer_free);
	return 0;
}

static bool mixer_enter(struct mixer *mixer, int *idx)
{
	*idx = srcu_read_lock(&mixer->srcu);
	if (READ_ONCE(mixer->gone)) {
		srcu_read_unlock(&mixer->srcu, *idx);
		return false;
	}
	return true;
}

static void mixer_exit(struct mixer *mixer, int idx)
{
	srcu_read_unlock(&mixer->srcu, idx);
}

static ssize_t mixer_read(struct file *file, char __user *buf, size_t len,
			loff_t *pos)
{
	struct mixer *mixer = file->private_data;
	u32 level;
	int idx;

	if (!mixer_enter(mixer, &idx))
		return -ENODEV;
	level = readl(mixer->base);
	mixer_exit(mixer, idx);
	return simple_read_from_buffer(buf, len, pos, &level, sizeof(level));
}

static ssize_t mixer_write(struct file *file, const char __user *buf, size_t len,
			 loff_t *pos)
{
	struct mixer *mixer = file->private_data;

	writel(len, mixer->base);
	// expected-warning@-1{{and no fence excludes the two}}
	return len;
}

static const struct file_operations mixer_fops = {
	.owner = THIS_MODULE,
	.open = mixer_open,
	.release = mixer_release,
	.read = mixer_read,
	.write = mixer_write,
};

static int mixer_probe(struct platform_device *pdev)
{
	struct mixer *mixer;
	int ret;

	mixer = kzalloc(sizeof(*mixer), GFP_KERNEL);
	if (!mixer)
		return -ENOMEM;
	kref_init(&mixer->ref);
	ret = init_srcu_struct(&mixer->srcu);
	if (ret) {
		kfree(mixer);
		return ret;
	}
	mixer->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(mixer->base)) {
		ret = PTR_ERR(mixer->base);
		goto err_put;
	}
	mixer->misc.minor = MISC_DYNAMIC_MINOR;
	mixer->misc.name = "mixer";
	mixer->misc.fops = &mixer_fops;
	mixer->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, mixer);
	ret = misc_register(&mixer->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&mixer->ref, mixer_free);
	return ret;
}

static void mixer_remove(struct platform_device *pdev)
{
	struct mixer *mixer = platform_get_drvdata(pdev);

	misc_deregister(&mixer->misc);
	WRITE_ONCE(mixer->gone, true);
	synchronize_srcu(&mixer->srcu);
	kref_put(&mixer->ref, mixer_free);
}

static struct platform_driver mixer_driver = {
	.probe = mixer_probe,
	.remove = mixer_remove,
	.driver = {
		.name = "mixer",
	},
};
module_platform_driver(mixer_driver);

MODULE_DESCRIPTION("mixer");
MODULE_LICENSE("GPL");
