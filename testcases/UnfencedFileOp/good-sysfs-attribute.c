// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Shape S6: the attributes in dev_groups are drained before remove() runs, the
// others when the file system entry goes; no fence is needed in the driver.

#include <linux/device.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/sysfs.h>

struct fader {
	void __iomem *base;
};

static ssize_t level_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	struct fader *fader = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", readl(fader->base));
}
static DEVICE_ATTR_RO(level);

static struct attribute *fader_attrs[] = {
	&dev_attr_level.attr,
	NULL
};
ATTRIBUTE_GROUPS(fader);

static int fader_probe(struct platform_device *pdev)
{
	struct fader *fader;

	fader = devm_kzalloc(&pdev->dev, sizeof(*fader), GFP_KERNEL);
	if (!fader)
		return -ENOMEM;
	fader->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(fader->base))
		return PTR_ERR(fader->base);
	platform_set_drvdata(pdev, fader);
	return 0;
}

static void fader_remove(struct platform_device *pdev)
{
	struct fader *fader = platform_get_drvdata(pdev);

	writel(0, fader->base);
}

static struct platform_driver fader_driver = {
	.probe = fader_probe,
	.remove = fader_remove,
	.driver = {
		.name = "fader",
		.dev_groups = fader_groups,
	},
};
module_platform_driver(fader_driver);

MODULE_DESCRIPTION("fader");
MODULE_LICENSE("GPL");
