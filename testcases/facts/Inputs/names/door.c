// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sens.h"

struct count {
	int bytes;
};

static struct count seen;

static void use(struct count *count, u32 value)
{
	count->bytes += value;
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

	use(&seen, arg);
	return sens_write(sens, arg);
}

const struct file_operations sens_fops = {
	.owner = THIS_MODULE,
	.open = sens_open,
	.release = sens_release,
	.unlocked_ioctl = sens_ioctl,
};
