// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// indio_dev->trig holds a reference, which the last put of the IIO device drops.

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
	struct foo *foo;

	indio_dev = devm_iio_device_alloc(&pdev->dev, sizeof(*foo));
	if (!indio_dev)
		return -ENOMEM;
	foo = iio_priv(indio_dev);
	foo->trig = devm_iio_trigger_alloc(&indio_dev->dev, "foo");
	if (!foo->trig)
		return -ENOMEM;
	iio_trigger_register(foo->trig);
	indio_dev->trig = iio_trigger_get(foo->trig);
	platform_set_drvdata(pdev, indio_dev);
	return iio_device_register(indio_dev);
}

static void foo_remove(struct platform_device *pdev)
{
	struct iio_dev *indio_dev = platform_get_drvdata(pdev);
	struct foo *foo = iio_priv(indio_dev);

	iio_device_unregister(indio_dev);
	iio_trigger_unregister(foo->trig);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
