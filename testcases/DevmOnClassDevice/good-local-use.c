// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The wrong device, but nobody uses the resource late: information only, which
// clang's own output does not show.

#include <linux/iio/iio.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct foo {
	int *table;
	struct iio_trigger *trig;
};

static int foo_probe(struct platform_device *pdev)
{
	struct iio_dev *indio_dev;
	struct iio_chan_spec *channels;

	indio_dev = devm_iio_device_alloc(&pdev->dev, sizeof(struct foo));
	if (!indio_dev)
		return -ENOMEM;
	channels = devm_kcalloc(&indio_dev->dev, 4, sizeof(*channels), GFP_KERNEL);
	if (!channels)
		return -ENOMEM;
	indio_dev->channels = channels;
	return devm_iio_device_register(&pdev->dev, indio_dev);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
