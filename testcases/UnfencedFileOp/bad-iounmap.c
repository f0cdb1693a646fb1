// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// remove() unmaps the registers that open files still read.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct legacy_io {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
};

static void legacy_io_free(struct kref *ref)
{
	struct legacy_io *legacy_io = container_of(ref, struct legacy_io, ref);

	kfree(legacy_io);
}

static int legacy_io_open(struct inode *inode, struct file *file)
{
	struct legacy_io *legacy_io = container_of(file->private_data, struct legacy_io, misc);

	kref_get(&legacy_io->ref);
	file->private_data = legacy_io;
	return 0;
}

static int legacy_io_release(struct inode *inode, struct file *file)
{
	struct legacy_io *legacy_io = file->private_data;

	kref_put(&legacy_io->ref, legacy_io_free);
	return 0;
}

static ssize_t legacy_io_read(struct file *file, char __user *buf, size_t len,
			loff_t *pos)
{
	struct legacy_io *legacy_io = file->private_data;
	u32 val = ioread32(legacy_io->base);
	// expected-warning@-1{{and no fence excludes the two}}

	return simple_read_from_buffer(buf, len, pos, &val, sizeof(val));
}

static const struct file_operations legacy_io_fops = {
	.owner = THIS_MODULE,
	.open = legacy_io_open,
	.release = legacy_io_release,
	.read = legacy_io_read,
};

static int legacy_io_probe(struct platform_device *pdev)
{
	struct legacy_io *legacy_io;
	int ret;

	legacy_io = kzalloc(sizeof(*legacy_io), GFP_KERNEL);
	if (!legacy_io)
		return -ENOMEM;
	kref_init(&legacy_io->ref);
	legacy_io->base = ioremap(pdev->resource[0].start, 0x100);
	if (!legacy_io->base) {
		ret = -ENOMEM;
		goto err_put;
	}
	legacy_io->misc.minor = MISC_DYNAMIC_MINOR;
	legacy_io->misc.name = "legacy_io";
	legacy_io->misc.fops = &legacy_io_fops;
	legacy_io->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, legacy_io);
	ret = misc_register(&legacy_io->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&legacy_io->ref, legacy_io_free);
	return ret;
}

static void legacy_io_remove(struct platform_device *pdev)
{
	struct legacy_io *legacy_io = platform_get_drvdata(pdev);

	misc_deregister(&legacy_io->misc);
	iounmap(legacy_io->base);
	kref_put(&legacy_io->ref, legacy_io_free);
}

static struct platform_driver legacy_io_driver = {
	.probe = legacy_io_probe,
	.remove = legacy_io_remove,
	.driver = {
		.name = "legacy_io",
	},
};
module_platform_driver(legacy_io_driver);

MODULE_DESCRIPTION("legacy_io");
MODULE_LICENSE("GPL");
