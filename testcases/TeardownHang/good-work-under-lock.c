// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// remove() lets go of the lock first.

#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/workqueue.h>

struct heater {
	struct mutex lock;
	struct work_struct work;
	int level;
};

static void heater_work(struct work_struct *work)
{
	struct heater *heater = container_of(work, struct heater, work);

	mutex_lock(&heater->lock);
	heater->level++;
	mutex_unlock(&heater->lock);
}

static int heater_probe(struct platform_device *pdev)
{
	struct heater *heater;

	heater = devm_kzalloc(&pdev->dev, sizeof(*heater), GFP_KERNEL);
	if (!heater)
		return -ENOMEM;
	platform_set_drvdata(pdev, heater);
	mutex_init(&heater->lock);
	INIT_WORK(&heater->work, heater_work);
	schedule_work(&heater->work);
	return 0;
}

static void heater_remove(struct platform_device *pdev)
{
	struct heater *heater = platform_get_drvdata(pdev);

	mutex_lock(&heater->lock);
	heater->level = 0;
	mutex_unlock(&heater->lock);
	cancel_work_sync(&heater->work);
}

static struct platform_driver heater_driver = {
	.probe = heater_probe,
	.remove = heater_remove,
	.driver = {
		.name = "heater",
	},
};
module_platform_driver(heater_driver);

MODULE_DESCRIPTION("heater");
MODULE_LICENSE("GPL");
