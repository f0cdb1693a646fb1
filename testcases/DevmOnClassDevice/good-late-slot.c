// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The parent, which the driver is bound to, outlives the buffers.

#include <linux/iio/iio.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct foo {
	int *table;
	struct iio_trigger *trig;
};

static int foo_predisable(struct iio_dev *indio_dev)
{
	struct foo *foo = iio_priv(indio_dev);

	foo->table[0] = 0;
	return 0;
}

static const struct iio_buffer_setup_ops foo_setup_ops = {
	.predisable = &foo_predisable,
};

static int foo_probe(struct platform_device *pdev)
{
	struct iio_dev *indio_dev;
	struct foo *foo;

	indio_dev = devm_iio_device_alloc(&pdev->dev, sizeof(*foo));
	if (!indio_dev)
		return -ENOMEM;
	foo = iio_priv(indio_dev);
	indio_dev->setup_ops = &foo_setup_ops;
	foo->table = devm_kcalloc(&pdev->dev, 4, sizeof(int), GFP_KERNEL);
	return devm_iio_device_register(&pdev->dev, indio_dev);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
