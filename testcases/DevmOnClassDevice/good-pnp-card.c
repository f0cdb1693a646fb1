// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The card lives with the platform device that the driver is bound to.

#include <linux/platform_device.h>
#include <linux/pnp.h>
#include <sound/core.h>

static int foo_card(struct device *dev)
{
	struct snd_card *card;
	int ret;

	ret = snd_devm_card_new(dev, -1, NULL, THIS_MODULE, 0, &card);
	if (ret)
		return ret;
	return snd_card_register(card);
}

static int foo_probe(struct platform_device *pdev)
{
	return foo_card(&pdev->dev);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
