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

struct tally;

struct sens {
	struct kref ref;
	struct miscdevice misc;
	struct rw_semaphore sem;	/* protects base */
	void __iomem *base;		/* NULL once the device is gone */
	struct mutex order;		/* one writer after the other */
};

extern const struct file_operations sens_fops;

void sens_free(struct kref *ref);
bool sens_try_get(struct sens *sens);
void sens_get(struct sens *sens);
void sens_put(struct sens *sens);
bool sens_alive(struct sens *sens);
void sens_turn(struct sens *sens);
int sens_words(struct sens *sens, struct tally *tally);
int sens_write(struct sens *sens, u32 value);
