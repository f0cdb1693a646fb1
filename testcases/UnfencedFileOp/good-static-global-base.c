// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The static mapping is cleared and tested under a static mutex.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>

static DEFINE_MUTEX(hwicap_lock);
static void __iomem *hwicap_base;

static ssize_t hwicap_read(struct file *file, char __user *buf, size_t len,
			   loff_t *pos)
{
	u32 val;

	mutex_lock(&hwicap_lock);
	if (!hwicap_base) {
		mutex_unlock(&hwicap_lock);
		return -ENODEV;
	}
	val = readl(hwicap_base);
	mutex_unlock(&hwicap_lock);
	return simple_read_from_buffer(buf, len, pos, &val, sizeof(val));
}

static const struct file_operations hwicap_fops = {
	.owner = THIS_MODULE,
	.read = hwicap_read,
};

static struct miscdevice hwicap_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "hwicap",
	.fops = &hwicap_fops,
};

static int hwicap_probe(struct platform_device *pdev)
{
	void __iomem *base = devm_platform_ioremap_resource(pdev, 0);

	if (IS_ERR(base))
		return PTR_ERR(base);
	mutex_lock(&hwicap_lock);
	hwicap_base = base;
	mutex_unlock(&hwicap_lock);
	return misc_register(&hwicap_misc);
}

static void hwicap_remove(struct platform_device *pdev)
{
	misc_deregister(&hwicap_misc);
	mutex_lock(&hwicap_lock);
	hwicap_base = NULL;
	mutex_unlock(&hwicap_lock);
}

static struct platform_driver hwicap_driver = {
	.probe = hwicap_probe,
	.remove = hwicap_remove,
	.driver = {
		.name = "hwicap",
	},
};
module_platform_driver(hwicap_driver);

MODULE_DESCRIPTION("hwicap");
MODULE_LICENSE("GPL");
