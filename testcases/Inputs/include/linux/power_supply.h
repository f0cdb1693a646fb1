/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_POWER_SUPPLY_H
#define SIM_LINUX_POWER_SUPPLY_H

#include <linux/device.h>

struct power_supply;
struct power_supply_desc {
	const char *name;
	void (*external_power_changed)(struct power_supply *psy);
};

struct power_supply_config {
	void *drv_data;
};

struct power_supply_battery_info {
	int charge_full_design_uah;
};

struct power_supply {
	const struct power_supply_desc *desc;
	struct device dev;
};

struct power_supply *
devm_power_supply_register(struct device *parent,
			   const struct power_supply_desc *desc,
			   const struct power_supply_config *cfg);
struct power_supply *
power_supply_register(struct device *parent,
		      const struct power_supply_desc *desc,
		      const struct power_supply_config *cfg);
void power_supply_unregister(struct power_supply *psy);
void *power_supply_get_drvdata(struct power_supply *psy);
int power_supply_get_battery_info(struct power_supply *psy,
				  struct power_supply_battery_info **info_out);

#endif
