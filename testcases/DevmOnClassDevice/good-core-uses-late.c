// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The poll function lives on the parent.

#include <linux/iio/iio.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct foo {
	int *table;
	struct iio_trigger *trig;
};

static irqreturn_t foo_handler(int irq, void *p)
{
	return IRQ_HANDLED;
}

static int foo_probe(struct platform_device *pdev)
{
	struct iio_dev *indio_dev;
	int ret;

	indio_dev = devm_iio_device_alloc(&pdev->dev, sizeof(struct foo));
	if (!indio_dev)
		return -ENOMEM;
	ret = devm_iio_triggered_buffer_setup_ext(&pdev->dev, indio_dev, NULL,
						  foo_handler, 0, NULL, NULL);
	if (ret)
		return ret;
	return devm_iio_device_register(&pdev->dev, indio_dev);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
