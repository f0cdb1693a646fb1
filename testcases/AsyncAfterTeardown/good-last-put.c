// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The interrupt is freed before the last reference goes.

#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

struct foo {
	struct device dev;
	int irq;
	int count;
};

static void foo_release(struct device *dev)
{
	kfree(container_of(dev, struct foo, dev));
}

static irqreturn_t foo_irq(int irq, void *data)
{
	struct foo *foo = data;

	foo->count++;
	return IRQ_HANDLED;
}

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	foo->irq = platform_get_irq(pdev, 0);
	platform_set_drvdata(pdev, foo);
	foo->dev.release = foo_release;
	device_initialize(&foo->dev);
	return request_irq(foo->irq, foo_irq, 0, "foo", foo);
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	free_irq(foo->irq, foo);
	put_device(&foo->dev);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
