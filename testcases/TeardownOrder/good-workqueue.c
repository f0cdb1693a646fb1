// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// device_remove_file() waits for the writers of the file.

#include <linux/device.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/workqueue.h>

struct foo {
	struct workqueue_struct *wq;
	struct work_struct work;
};

static void foo_work(struct work_struct *work)
{
}

static ssize_t start_store(struct device *dev, struct device_attribute *attr, const char *buf,
			   size_t count)
{
	struct foo *foo = dev_get_drvdata(dev);

	queue_work(foo->wq, &foo->work);
	return count;
}
static ssize_t start_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return 0;
}
static DEVICE_ATTR_RW(start);

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	INIT_WORK(&foo->work, foo_work);
	foo->wq = alloc_workqueue("foo", 0, 0);
	if (!foo->wq)
		return -ENOMEM;
	platform_set_drvdata(pdev, foo);
	return device_create_file(&pdev->dev, &dev_attr_start);
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	device_remove_file(&pdev->dev, &dev_attr_start);
	destroy_workqueue(foo->wq);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = { .name = "foo" },
};
module_platform_driver(foo_driver);
