/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_INPUT_H
#define SIM_LINUX_INPUT_H

#include <linux/device.h>

struct input_dev {
	const char *name;
	const char *phys;
	const char *uniq;
	int (*open)(struct input_dev *dev);
	void (*close)(struct input_dev *dev);
	struct device dev;
};

struct input_dev *input_allocate_device(void);
int __must_check input_register_device(struct input_dev *dev);
void input_unregister_device(struct input_dev *dev);

#endif
