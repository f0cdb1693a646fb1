// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// The last reference goes in remove, and the managed interrupt is freed after it.

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
	return devm_request_irq(&pdev->dev, foo->irq, foo_irq, 0, "foo", foo);
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	put_device(&foo->dev);
	// expected-warning@-1{{'foo_irq' can use 'struct foo' after 'put_device' in 'foo_remove': only devres stops it, once 'foo_remove' has returned}}
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
