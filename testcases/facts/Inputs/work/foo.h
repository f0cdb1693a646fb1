/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

struct foo {
	int irq;
	struct work_struct work;
};

void foo_work_init(struct foo *foo);
void foo_work_stop(struct foo *foo);
irqreturn_t foo_irq(int irq, void *data);
