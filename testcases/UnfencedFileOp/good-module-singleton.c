// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Made in module_init, taken down in module_exit, and .owner pins the module while a
// file is open: there is no teardown under an open file.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static void __iomem *regs;

static ssize_t nvram_read(struct file *file, char __user *buf, size_t len,
			  loff_t *pos)
{
	u8 val = readb(regs);

	return simple_read_from_buffer(buf, len, pos, &val, sizeof(val));
}

static const struct file_operations nvram_fops = {
	.owner = THIS_MODULE,
	.read = nvram_read,
};

static struct miscdevice nvram_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "nvram",
	.fops = &nvram_fops,
};

static int __init nvram_init(void)
{
	int ret;

	regs = ioremap(0xfed00000, 0x100);
	if (!regs)
		return -ENOMEM;
	ret = misc_register(&nvram_misc);
	if (ret)
		iounmap(regs);
	return ret;
}
module_init(nvram_init);

static void __exit nvram_exit(void)
{
	misc_deregister(&nvram_misc);
	iounmap(regs);
}
module_exit(nvram_exit);

MODULE_DESCRIPTION("nvram");
MODULE_LICENSE("GPL");
