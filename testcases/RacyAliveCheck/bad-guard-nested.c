// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The helper's section is the only one, and it ends before the use.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/srcu.h>

struct codec_hw;

struct codec_ops {
	int (*tune)(struct codec_hw *hw, unsigned long value);
};

struct codec_hw {
	const struct codec_ops *ops;
	struct device *dev;
};

struct codec {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct srcu_struct srcu;
	struct codec_hw __rcu *hw;
};

static void codec_free(struct kref *ref)
{
	struct codec *codec = container_of(ref, struct codec, ref);

	cleanup_srcu_struct(&codec->srcu);
	kfree(codec);
}

static int codec_open(struct inode *inode, struct file *file)
{
	struct codec *codec = container_of(file->private_data, struct codec, misc);

	kref_get(&codec->ref);
	file->private_data = codec;
	return 0;
}

static int codec_release(struct inode *inode, struct file *file)
{
	struct codec *codec = file->private_data;

	kref_put(&codec->ref, codec_free);
	return 0;
}

/* Enters once more what the caller is in already. */
static bool codec_tunes(struct codec *codec)
{
	guard(srcu)(&codec->srcu);
	return srcu_dereference(codec->hw, &codec->srcu);
}

static long codec_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct codec *codec = file->private_data;
	struct codec_hw *hw;

	if (!codec_tunes(codec))
		return -ENODEV;
	hw = srcu_dereference(codec->hw, &codec->srcu);
	return hw->ops->tune(hw, arg);
	// expected-warning@-1{{tests 'hw' outside 'srcu'}}
}

static const struct file_operations codec_fops = {
	.owner = THIS_MODULE,
	.open = codec_open,
	.release = codec_release,
	.unlocked_ioctl = codec_ioctl,
};

static int codec_probe(struct platform_device *pdev)
{
	struct codec_hw *hw;
	struct codec *codec;
	int ret;

	codec = kzalloc(sizeof(*codec), GFP_KERNEL);
	if (!codec)
		return -ENOMEM;
	kref_init(&codec->ref);
	ret = init_srcu_struct(&codec->srcu);
	if (ret) {
		kfree(codec);
		return ret;
	}
	codec->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(codec->base)) {
		ret = PTR_ERR(codec->base);
		goto err_put;
	}
	hw = devm_kzalloc(&pdev->dev, sizeof(*hw), GFP_KERNEL);
	if (!hw) {
		ret = -ENOMEM;
		goto err_put;
	}
	hw->ops = dev_get_platdata(&pdev->dev);
	hw->dev = &pdev->dev;
	rcu_assign_pointer(codec->hw, hw);
	codec->misc.minor = MISC_DYNAMIC_MINOR;
	codec->misc.name = "codec";
	codec->misc.fops = &codec_fops;
	codec->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, codec);
	ret = misc_register(&codec->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&codec->ref, codec_free);
	return ret;
}

static void codec_remove(struct platform_device *pdev)
{
	struct codec *codec = platform_get_drvdata(pdev);

	misc_deregister(&codec->misc);
	rcu_assign_pointer(codec->hw, NULL);
	synchronize_srcu(&codec->srcu);
	kref_put(&codec->ref, codec_free);
}

static struct platform_driver codec_driver = {
	.probe = codec_probe,
	.remove = codec_remove,
	.driver = {
		.name = "codec",
	},
};
module_platform_driver(codec_driver);

MODULE_DESCRIPTION("codec");
MODULE_LICENSE("GPL");
