// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A unit that does not parse.
#include <linux/fs.h>

static long broken_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return cmd +;
}

static const struct file_operations broken_fops = {
	.unlocked_ioctl = broken_ioctl,
};
