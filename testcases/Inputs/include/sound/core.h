/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_SOUND_CORE_H
#define SIM_SOUND_CORE_H

#include <linux/device.h>
#include <linux/module.h>

struct snd_card {
	int number;
	void *private_data;
	void (*private_free)(struct snd_card *card);
	struct device *dev;
	struct device card_dev;
};

int snd_card_new(struct device *parent, int idx, const char *xid,
		 struct module *module, int extra_size,
		 struct snd_card **card_ret);
int snd_devm_card_new(struct device *parent, int idx, const char *xid,
		      struct module *module, size_t extra_size,
		      struct snd_card **card_ret);
int snd_card_register(struct snd_card *card);
void snd_card_free(struct snd_card *card);
void snd_card_free_when_closed(struct snd_card *card);

#endif
