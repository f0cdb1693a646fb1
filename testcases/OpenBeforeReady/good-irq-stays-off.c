// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The line is told before the request to stay off, and enabled when the queue is one.

#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/wait.h>

struct foo {
	void __iomem *base;
	wait_queue_head_t wait;
};

static irqreturn_t foo_irq(int irq, void *data)
{
	struct foo *foo = data;

	wake_up(&foo->wait);
	return IRQ_HANDLED;
}

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL);
	int ret;

	if (!foo)
		return -ENOMEM;
	foo->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(foo->base))
		return PTR_ERR(foo->base);
	irq_set_status_flags(7, IRQ_NOAUTOEN);
	ret = devm_request_irq(&pdev->dev, 7, foo_irq, 0, "foo", foo);
	if (ret)
		return ret;
	init_waitqueue_head(&foo->wait);
	enable_irq(7);
	writel(1, foo->base);
	return 0;
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
