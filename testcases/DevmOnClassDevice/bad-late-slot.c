// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// iio_device_unregister() disables the buffers after cdev_device_del().

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
	foo->table = devm_kcalloc(&indio_dev->dev, 4, sizeof(int), GFP_KERNEL);
	// expected-warning@-1{{'devm_kcalloc' ties 'table' to class device 'iio_dev.dev', whose devres 'iio_device_unregister' frees while 'foo_predisable' still uses it}}
	return devm_iio_device_register(&pdev->dev, indio_dev);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
