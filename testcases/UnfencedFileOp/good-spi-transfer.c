// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The transfer passes a fence.

#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spi/spi.h>
#include <linux/uaccess.h>

struct flash {
	struct kref ref;
	struct miscdevice misc;
	struct mutex lock;
	struct spi_device *spi;	/* NULL once the device is gone */
};

static void flash_free(struct kref *ref)
{
	kfree(container_of(ref, struct flash, ref));
}

static int flash_open(struct inode *inode, struct file *file)
{
	struct flash *flash = container_of(file->private_data, struct flash, misc);

	kref_get(&flash->ref);
	file->private_data = flash;
	return 0;
}

static int flash_release(struct inode *inode, struct file *file)
{
	struct flash *flash = file->private_data;

	kref_put(&flash->ref, flash_free);
	return 0;
}

static ssize_t flash_write(struct file *file, const char __user *buf,
			   size_t len, loff_t *pos)
{
	struct flash *flash = file->private_data;
	u8 cmd[4];
	int ret;

	if (len > sizeof(cmd) || copy_from_user(cmd, buf, len))
		return -EINVAL;
	mutex_lock(&flash->lock);
	if (!flash->spi) {
		mutex_unlock(&flash->lock);
		return -ESHUTDOWN;
	}
	ret = spi_write(flash->spi, cmd, len);
	mutex_unlock(&flash->lock);
	return ret ? ret : len;
}

static const struct file_operations flash_fops = {
	.owner = THIS_MODULE,
	.open = flash_open,
	.release = flash_release,
	.write = flash_write,
};

static int flash_probe(struct spi_device *spi)
{
	struct flash *flash;
	int ret;

	flash = kzalloc(sizeof(*flash), GFP_KERNEL);
	if (!flash)
		return -ENOMEM;
	kref_init(&flash->ref);
	mutex_init(&flash->lock);
	flash->spi = spi;
	flash->misc.minor = MISC_DYNAMIC_MINOR;
	flash->misc.name = "flash";
	flash->misc.fops = &flash_fops;
	spi_set_drvdata(spi, flash);
	ret = misc_register(&flash->misc);
	if (ret)
		kref_put(&flash->ref, flash_free);
	return ret;
}

static void flash_remove(struct spi_device *spi)
{
	struct flash *flash = spi_get_drvdata(spi);

	misc_deregister(&flash->misc);
	mutex_lock(&flash->lock);
	flash->spi = NULL;
	mutex_unlock(&flash->lock);
	kref_put(&flash->ref, flash_free);
}

static struct spi_driver flash_driver = {
	.driver = {
		.name = "flash",
	},
	.probe = flash_probe,
	.remove = flash_remove,
};
module_spi_driver(flash_driver);

MODULE_DESCRIPTION("flash");
MODULE_LICENSE("GPL");
