// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The interrupt is freed only after the device whose devres hold its state.

#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct foo {
	struct device dev;
	int irq;
	int *table;
};

static void foo_free(struct device *dev)
{
	kfree(container_of(dev, struct foo, dev));
}

static irqreturn_t foo_irq(int irq, void *data)
{
	struct foo *foo = data;

	foo->table[0]++;
	return IRQ_HANDLED;
}

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);
	int ret;

	if (!foo)
		return -ENOMEM;
	foo->dev.parent = &pdev->dev;
	foo->dev.release = foo_free;
	dev_set_name(&foo->dev, "foo");
	ret = device_register(&foo->dev);
	if (ret) {
		put_device(&foo->dev);
		return ret;
	}
	foo->irq = platform_get_irq(pdev, 0);
	foo->table = devm_kcalloc(&foo->dev, 4, sizeof(int), GFP_KERNEL);
	// expected-warning@-1{{'devm_kcalloc' ties 'table' to class device 'foo.dev', whose devres 'device_unregister' frees while 'foo_irq' still uses it}}
	platform_set_drvdata(pdev, foo);
	return request_irq(foo->irq, foo_irq, 0, "foo", foo);
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	device_unregister(&foo->dev);
	free_irq(foo->irq, foo);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
