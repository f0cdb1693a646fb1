/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct regs;

struct sens {
	struct kref ref;
	struct miscdevice misc;
	struct rw_semaphore sem;	/* protects gone */
	bool gone;
	struct regs *regs;		/* of core.c */
};

extern const struct file_operations sens_fops;

void sens_free(struct kref *ref);
int sens_write(struct sens *sens, u32 value);
