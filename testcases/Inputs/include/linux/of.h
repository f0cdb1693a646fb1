/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_OF_H
#define SIM_LINUX_OF_H

#include <linux/mod_devicetable.h>

struct device_node {
	const char *name;
};

#endif
