// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sens.h"

static DEFINE_MUTEX(sens_lock);

struct regs {
	void __iomem *base;
};

static void use(struct regs *regs, u32 value)
{
	writel(value, regs->base);
}

/* Another struct than the one of that name in door.c. */
struct count {
	int words;
};

int sens_words(void *data)
{
	struct count *count = data;
	int words;

	mutex_lock(&sens_lock);
	words = count->words;
	mutex_unlock(&sens_lock);
	return words;
}

void sens_free(struct kref *ref)
{
	kfree(container_of(ref, struct sens, ref));
}

int sens_write(struct sens *sens, u32 value)
{
	down_read(&sens->sem);
#ifndef BAD
	if (sens->gone) {
		up_read(&sens->sem);
		return -ENODEV;
	}
#endif
	use(sens->regs, value);
	up_read(&sens->sem);
	return 0;
}

static int sens_probe(struct platform_device *pdev)
{
	struct sens *sens;
	struct regs *regs;
	int ret;

	regs = devm_kzalloc(&pdev->dev, sizeof(*regs), GFP_KERNEL);
	if (!regs)
		return -ENOMEM;
	sens = kzalloc(sizeof(*sens), GFP_KERNEL);
	if (!sens)
		return -ENOMEM;
	kref_init(&sens->ref);
	init_rwsem(&sens->sem);
	sens->regs = regs;
	regs->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(regs->base)) {
		ret = PTR_ERR(regs->base);
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
	sens->gone = true;
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
