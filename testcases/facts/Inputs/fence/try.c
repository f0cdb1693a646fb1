// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sens.h"

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

#ifndef BAD
	if (!sens_try_get(sens))
		return -ENODEV;
#else
	sens_get(sens);
#endif
	writel(arg, sens->base);
	sens_put(sens);
	return 0;
}

const struct file_operations sens_fops = {
	.owner = THIS_MODULE,
	.open = sens_open,
	.release = sens_release,
	.unlocked_ioctl = sens_ioctl,
};

#ifdef TALLY
struct tally {
	int bytes;
};
#endif
