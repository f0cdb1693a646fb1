// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// A bounded wait whose failure frees nothing: what a file still reaches is leaked.

#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/refcount.h>
#include <linux/slab.h>

struct turbine {
	struct miscdevice misc;
	u32 level;
	refcount_t users;
	struct completion closed;
};

static int turbine_open(struct inode *inode, struct file *file)
{
	struct turbine *turbine = container_of(file->private_data, struct turbine, misc);

	refcount_inc(&turbine->users);
	file->private_data = turbine;
	return 0;
}

static int turbine_release(struct inode *inode, struct file *file)
{
	struct turbine *turbine = file->private_data;

	if (refcount_dec_and_test(&turbine->users))
		complete(&turbine->closed);
	return 0;
}

static ssize_t turbine_read(struct file *file, char __user *buf, size_t len,
			loff_t *pos)
{
	struct turbine *turbine = file->private_data;
	u32 val = turbine->level;

	return simple_read_from_buffer(buf, len, pos, &val, sizeof(val));
}

static const struct file_operations turbine_fops = {
	.owner = THIS_MODULE,
	.open = turbine_open,
	.release = turbine_release,
	.read = turbine_read,
};

static int turbine_probe(struct platform_device *pdev)
{
	struct turbine *turbine;
	int ret;

	turbine = kzalloc(sizeof(*turbine), GFP_KERNEL);
	if (!turbine)
		return -ENOMEM;
	refcount_set(&turbine->users, 1);
	init_completion(&turbine->closed);
	turbine->misc.minor = MISC_DYNAMIC_MINOR;
	turbine->misc.name = "turbine";
	turbine->misc.fops = &turbine_fops;
	turbine->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, turbine);
	ret = misc_register(&turbine->misc);
	if (ret)
		kfree(turbine);
	return ret;
}

static void turbine_remove(struct platform_device *pdev)
{
	struct turbine *turbine = platform_get_drvdata(pdev);

	misc_deregister(&turbine->misc);
	if (refcount_dec_and_test(&turbine->users))
		complete(&turbine->closed);
	if (wait_for_completion_timeout(&turbine->closed, 10 * HZ))
		kfree(turbine);
}

static struct platform_driver turbine_driver = {
	.probe = turbine_probe,
	.remove = turbine_remove,
	.driver = {
		.name = "turbine",
	},
};
module_platform_driver(turbine_driver);

MODULE_DESCRIPTION("turbine");
MODULE_LICENSE("GPL");
