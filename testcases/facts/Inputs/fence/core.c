// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sens.h"

void sens_free(struct kref *ref)
{
	kfree(container_of(ref, struct sens, ref));
}

bool sens_try_get(struct sens *sens)
{
	down_read(&sens->sem);
	if (!sens->base) {
		up_read(&sens->sem);
		return false;
	}
	return true;
}

void sens_get(struct sens *sens)
{
	down_read(&sens->sem);
}

void sens_put(struct sens *sens)
{
	up_read(&sens->sem);
}

bool sens_alive(struct sens *sens)
{
	return sens->base;
}

void sens_turn(struct sens *sens)
{
	mutex_unlock(&sens->order);
	down_read(&sens->sem);
}

int sens_write(struct sens *sens, u32 value)
{
	down_read(&sens->sem);
#ifndef BAD_CORE
	if (!sens->base) {
		up_read(&sens->sem);
		return -ENODEV;
	}
#endif
	writel(value, sens->base);
	up_read(&sens->sem);
	return 0;
}

static int sens_probe(struct platform_device *pdev)
{
	struct sens *sens;
	int ret;

	sens = kzalloc(sizeof(*sens), GFP_KERNEL);
	if (!sens)
		return -ENOMEM;
	kref_init(&sens->ref);
	init_rwsem(&sens->sem);
	mutex_init(&sens->order);
	sens->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(sens->base)) {
		ret = PTR_ERR(sens->base);
		goto err_put;
	}
	sens->misc.minor = MISC_DYNAMIC_MINOR;
	sens->misc.name = "sens";
	sens->misc.fops = &sens_fops;
	sens->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, sens);
	ret = misc_register(&sens->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&sens->ref, sens_free);
	return ret;
}

static void sens_remove(struct platform_device *pdev)
{
	struct sens *sens = platform_get_drvdata(pdev);

	misc_deregister(&sens->misc);
	down_write(&sens->sem);
	sens->base = NULL;
	up_write(&sens->sem);
	kref_put(&sens->ref, sens_free);
}

static struct platform_driver sens_driver = {
	.probe = sens_probe,
	.remove = sens_remove,
	.driver = {
		.name = "sens",
	},
};
module_platform_driver(sens_driver);

MODULE_DESCRIPTION("sens");
MODULE_LICENSE("GPL");
