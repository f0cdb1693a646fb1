// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The handle is the parent's: no call gives it back, it goes with the device.
// The file's own object is fine, what it points to is not.

#include <linux/device.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct cros_ec_device;
struct cros_ec_command;
int cros_ec_cmd_xfer_status(struct cros_ec_device *ec,
			    struct cros_ec_command *command);

struct bell_file {
	struct cros_ec_device *ec;
	struct cros_ec_command *command;
};

static struct miscdevice bell_misc;

static int bell_open(struct inode *inode, struct file *file)
{
	struct bell_file *bell = kzalloc(sizeof(*bell), GFP_KERNEL);

	if (!bell)
		return -ENOMEM;
	bell->ec = dev_get_drvdata(bell_misc.parent);
	file->private_data = bell;
	return 0;
}

static int bell_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static long bell_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct bell_file *bell = file->private_data;

	return cros_ec_cmd_xfer_status(bell->ec, bell->command);
	// expected-warning@-1{{and no fence excludes the two}}
}

static const struct file_operations bell_fops = {
	.owner = THIS_MODULE,
	.open = bell_open,
	.release = bell_release,
	.unlocked_ioctl = bell_ioctl,
};

static int bell_probe(struct platform_device *pdev)
{
	bell_misc.fops = &bell_fops;
	bell_misc.parent = pdev->dev.parent;
	return misc_register(&bell_misc);
}

static void bell_remove(struct platform_device *pdev)
{
	misc_deregister(&bell_misc);
}

static struct platform_driver bell_driver = {
	.probe = bell_probe,
	.remove = bell_remove,
	.driver = { .name = "bell" },
};
module_platform_driver(bell_driver);
