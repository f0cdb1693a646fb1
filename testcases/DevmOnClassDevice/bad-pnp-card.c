// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// pnp_card_driver is bound to the devices of the card, not to the card.

#include <linux/platform_device.h>
#include <linux/pnp.h>
#include <sound/core.h>

static int foo_card(struct device *dev)
{
	struct snd_card *card;
	int ret;

	ret = snd_devm_card_new(dev, -1, NULL, THIS_MODULE, 0, &card);
	// expected-warning@-1{{'snd_devm_card_new' ties 'card' to class device 'pnp_card.dev', to which no driver is bound, and nothing frees it when the card's driver is unbound}}
	if (ret)
		return ret;
	return snd_card_register(card);
}

static int foo_probe(struct pnp_card_link *pcard,
		     const struct pnp_card_device_id *id)
{
	return foo_card(&pcard->card->dev);
}

static struct pnp_card_driver foo_driver = {
	.name = "foo",
	.probe = foo_probe,
};

int foo_init(void)
{
	return pnp_register_card_driver(&foo_driver);
}
