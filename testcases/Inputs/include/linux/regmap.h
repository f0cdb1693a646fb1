/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_REGMAP_H
#define SIM_LINUX_REGMAP_H

#include <linux/device.h>

struct i2c_client;
struct regmap;

struct regmap_config {
	const char *name;
	int reg_bits;
	int val_bits;
	unsigned int max_register;
};

struct regmap *__devm_regmap_init_mmio_clk(struct device *dev, const char *clk,
					   void __iomem *regs,
					   const struct regmap_config *config,
					   struct lock_class_key *key,
					   const char *name);
struct regmap *__devm_regmap_init_i2c(struct i2c_client *i2c,
				      const struct regmap_config *config,
				      struct lock_class_key *key,
				      const char *name);

#define __regmap_lockdep_wrapper(fn, name, ...) ({	\
	static struct lock_class_key _key;		\
	fn(__VA_ARGS__, &_key, #name);			\
})
#define devm_regmap_init_mmio(dev, regs, config)			\
	__regmap_lockdep_wrapper(__devm_regmap_init_mmio_clk, #config,	\
				 dev, NULL, regs, config)
#define devm_regmap_init_i2c(i2c, config)				\
	__regmap_lockdep_wrapper(__devm_regmap_init_i2c, #config, i2c, config)

int regmap_read(struct regmap *map, unsigned int reg, unsigned int *val);
int regmap_write(struct regmap *map, unsigned int reg, unsigned int val);
int regmap_bulk_read(struct regmap *map, unsigned int reg, void *val, size_t n);
int regmap_update_bits_base(struct regmap *map, unsigned int reg,
			    unsigned int mask, unsigned int val, bool *change,
			    bool async, bool force);

static inline int regmap_update_bits(struct regmap *map, unsigned int reg,
				     unsigned int mask, unsigned int val)
{
	return regmap_update_bits_base(map, reg, mask, val, NULL, false, false);
}

#endif
