// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// private_free runs when the last file is closed, long after device_del().

#include <linux/platform_device.h>
#include <linux/slab.h>
#include <sound/core.h>

struct foo {
	struct snd_card *card;
	int *resp_buf;
};

static void foo_card_free(struct snd_card *card)
{
	struct foo *foo = card->private_data;

	foo->resp_buf[0] = 0;
}

static int foo_probe(struct platform_device *pdev)
{
	struct snd_card *card;
	struct foo *foo;
	int ret;

	ret = snd_card_new(&pdev->dev, -1, NULL, THIS_MODULE, sizeof(*foo), &card);
	if (ret)
		return ret;
	foo = card->private_data;
	card->private_free = foo_card_free;
	foo->resp_buf = devm_kzalloc(&card->card_dev, 64, GFP_KERNEL);
	// expected-warning@-1{{'devm_kzalloc' ties 'resp_buf' to class device 'snd_card.card_dev', whose devres 'snd_card_free' frees while 'foo_card_free' still uses it}}
	if (!foo->resp_buf) {
		snd_card_free(card);
		return -ENOMEM;
	}
	platform_set_drvdata(pdev, card);
	return snd_card_register(card);
}

static void foo_remove(struct platform_device *pdev)
{
	snd_card_free_when_closed(platform_get_drvdata(pdev));
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
