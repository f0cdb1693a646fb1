/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_PNP_H
#define SIM_LINUX_PNP_H

#include <linux/device.h>

struct pnp_card {
	struct device dev;
	unsigned char number;
};

struct pnp_card_device_id {
	char id[8];
};

struct pnp_card_link {
	struct pnp_card *card;
	void *driver_data;
};

struct pnp_card_driver {
	char *name;
	const struct pnp_card_device_id *id_table;
	int (*probe)(struct pnp_card_link *card,
		     const struct pnp_card_device_id *card_id);
	void (*remove)(struct pnp_card_link *card);
};

int pnp_register_card_driver(struct pnp_card_driver *drv);
void pnp_unregister_card_driver(struct pnp_card_driver *drv);

static inline void pnp_set_card_drvdata(struct pnp_card_link *pcard, void *data)
{
	pcard->driver_data = data;
}

#endif
