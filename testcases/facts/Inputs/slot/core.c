// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

struct sens;

struct sens_ops {
	int (*sample)(struct sens *sens);
	int (*reset)(struct sens *sens);
};

struct sens {
	struct kref ref;
	struct miscdevice misc;
	struct mutex lock;		/* protects ops */
	const struct sens_ops *ops;	/* NULL once the provider is gone */
};

static void sens_free(struct kref *ref)
{
	kfree(container_of(ref, struct sens, ref));
}

static int sens_open(struct inode *inode, struct file *file)
{
	struct sens *sens = container_of(file->private_data, struct sens, misc);

	kref_get(&sens->ref);
	file->private_data = sens;
	return 0;
}

static int sens_release(struct inode *inode, struct file *file)
{
	struct sens *sens = file->private_data;

	kref_put(&sens->ref, sens_free);
	return 0;
}

static long sens_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct sens *sens = file->private_data;
	int ret = -ENODEV;

	mutex_lock(&sens->lock);
	if (sens->ops)
		ret = sens->ops->sample(sens);
	mutex_unlock(&sens->lock);
	return ret;
}

static ssize_t sens_write(struct file *file, const char __user *buf, size_t len,
			  loff_t *pos)
{
	struct sens *sens = file->private_data;
	int ret;

	mutex_lock(&sens->lock);
	ret = sens->ops->reset(sens);
	mutex_unlock(&sens->lock);
	return ret;
}

static const struct file_operations sens_fops = {
	.owner = THIS_MODULE,
	.open = sens_open,
	.release = sens_release,
	.unlocked_ioctl = sens_ioctl,
	.write = sens_write,
};

struct sens *sens_register(const struct sens_ops *ops)
{
	struct sens *sens = kzalloc(sizeof(*sens), GFP_KERNEL);

	if (!sens)
		return NULL;
	kref_init(&sens->ref);
	mutex_init(&sens->lock);
	sens->ops = ops;
	sens->misc.minor = MISC_DYNAMIC_MINOR;
	sens->misc.name = "sens";
	sens->misc.fops = &sens_fops;
	if (misc_register(&sens->misc)) {
		kref_put(&sens->ref, sens_free);
		return NULL;
	}
	return sens;
}
EXPORT_SYMBOL_GPL(sens_register);

void sens_unregister(struct sens *sens)
{
	misc_deregister(&sens->misc);
	mutex_lock(&sens->lock);
	sens->ops = NULL;
	mutex_unlock(&sens->lock);
	kref_put(&sens->ref, sens_free);
}
EXPORT_SYMBOL_GPL(sens_unregister);
