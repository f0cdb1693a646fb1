// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The class device reaches the managed call through a parameter and a local.

#include <linux/iio/iio.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct foo {
	int *table;
	struct iio_trigger *trig;
};

static int foo_postdisable(struct iio_dev *indio_dev)
{
	struct foo *foo = iio_priv(indio_dev);

	foo->table[0] = 0;
	return 0;
}

static const struct iio_buffer_setup_ops foo_setup_ops = {
	.postdisable = foo_postdisable,
};

static int *foo_table(struct device *dev, int n)
{
	int *table = devm_kcalloc(dev, n, sizeof(int), GFP_KERNEL);
	// expected-warning@-1{{ties 'table' to class device 'iio_dev.dev'}}

	if (table)
		table[0] = n;
	return table;
}

static int foo_probe(struct platform_device *pdev)
{
	struct iio_dev *indio_dev;
	struct device *dev;
	struct foo *foo;

	indio_dev = devm_iio_device_alloc(&pdev->dev, sizeof(*foo));
	if (!indio_dev)
		return -ENOMEM;
	dev = &indio_dev->dev;
	foo = iio_priv(indio_dev);
	indio_dev->setup_ops = &foo_setup_ops;
	foo->table = foo_table(dev, 4);
	if (!foo->table)
		return -ENOMEM;
	return devm_iio_device_register(&pdev->dev, indio_dev);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
