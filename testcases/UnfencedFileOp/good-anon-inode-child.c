// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The child file passes the same fence as its parent.

#include <linux/anon_inodes.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct chan {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;	/* protects gone and the registers */
	bool gone;
};

static void chan_free(struct kref *ref)
{
	kfree(container_of(ref, struct chan, ref));
}

static int chan_open(struct inode *inode, struct file *file)
{
	struct chan *chan = container_of(file->private_data, struct chan, misc);

	kref_get(&chan->ref);
	file->private_data = chan;
	return 0;
}

static int chan_release(struct inode *inode, struct file *file)
{
	struct chan *chan = file->private_data;

	kref_put(&chan->ref, chan_free);
	return 0;
}

static int chan_child_release(struct inode *inode, struct file *file)
{
	struct chan *chan = file->private_data;

	kref_put(&chan->ref, chan_free);
	return 0;
}

static ssize_t chan_child_read(struct file *file, char __user *buf, size_t len,
			      loff_t *pos)
{
	struct chan *chan = file->private_data;
	u32 val;

	guard(mutex)(&chan->lock);
	if (chan->gone)
		return -ENODEV;
	val = readl(chan->base + 0x40);
	return simple_read_from_buffer(buf, len, pos, &val, sizeof(val));
}

static const struct file_operations chan_child_fops = {
	.owner = THIS_MODULE,
	.read = chan_child_read,
	.release = chan_child_release,
};

static long chan_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct chan *chan = file->private_data;
	int fd;

	guard(mutex)(&chan->lock);
	if (chan->gone)
		return -ENODEV;
	writel(arg, chan->base);
	kref_get(&chan->ref);
	fd = anon_inode_getfd("chan", &chan_child_fops, chan, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		kref_put(&chan->ref, chan_free);
	return fd;
}

static const struct file_operations chan_fops = {
	.owner = THIS_MODULE,
	.open = chan_open,
	.release = chan_release,
	.unlocked_ioctl = chan_ioctl,
};

static int chan_probe(struct platform_device *pdev)
{
	struct chan *chan;
	int ret;

	chan = kzalloc(sizeof(*chan), GFP_KERNEL);
	if (!chan)
		return -ENOMEM;
	kref_init(&chan->ref);
	mutex_init(&chan->lock);
	chan->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(chan->base)) {
		ret = PTR_ERR(chan->base);
		goto err_put;
	}
	chan->misc.minor = MISC_DYNAMIC_MINOR;
	chan->misc.name = "chan";
	chan->misc.fops = &chan_fops;
	chan->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, chan);
	ret = misc_register(&chan->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&chan->ref, chan_free);
	return ret;
}

static void chan_remove(struct platform_device *pdev)
{
	struct chan *chan = platform_get_drvdata(pdev);

	misc_deregister(&chan->misc);
	mutex_lock(&chan->lock);
	chan->gone = true;
	mutex_unlock(&chan->lock);
	kref_put(&chan->ref, chan_free);
}

static struct platform_driver chan_driver = {
	.probe = chan_probe,
	.remove = chan_remove,
	.driver = {
		.name = "chan",
	},
};
module_platform_driver(chan_driver);

MODULE_DESCRIPTION("chan");
MODULE_LICENSE("GPL");
