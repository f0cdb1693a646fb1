/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_REGULATOR_CONSUMER_H
#define SIM_LINUX_REGULATOR_CONSUMER_H

#include <linux/types.h>

struct device;
struct regulator;

struct regulator *devm_regulator_get(struct device *dev, const char *id);
int __must_check regulator_enable(struct regulator *regulator);
int regulator_disable(struct regulator *regulator);
int regulator_set_voltage(struct regulator *regulator, int min_uV, int max_uV);

#endif
