/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_COUNTER_H
#define SIM_LINUX_COUNTER_H

#include <linux/device.h>

struct counter_device {
	const char *name;
	struct device dev;
};

struct counter_device *devm_counter_alloc(struct device *dev,
					  size_t sizeof_priv);
int devm_counter_add(struct device *dev, struct counter_device *counter);
void *counter_priv(const struct counter_device *counter);

#endif
