// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Shape S4 with a refcount and a completion: remove() drops the first reference
// and waits for the last.

#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/refcount.h>
#include <linux/slab.h>

struct sensor {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	refcount_t active;
	struct completion idle;
};

static void sensor_put_active(struct sensor *sensor)
{
	if (refcount_dec_and_test(&sensor->active))
		complete(&sensor->idle);
}

static void sensor_free(struct kref *ref)
{
	kfree(container_of(ref, struct sensor, ref));
}

static int sensor_open(struct inode *inode, struct file *file)
{
	struct sensor *sensor = container_of(file->private_data, struct sensor, misc);

	kref_get(&sensor->ref);
	file->private_data = sensor;
	return 0;
}

static int sensor_release(struct inode *inode, struct file *file)
{
	struct sensor *sensor = file->private_data;

	kref_put(&sensor->ref, sensor_free);
	return 0;
}

static ssize_t sensor_read(struct file *file, char __user *buf, size_t len,
			loff_t *pos)
{
	struct sensor *sensor = file->private_data;
	u32 val;

	if (!refcount_inc_not_zero(&sensor->active))
		return -ENODEV;
	val = readl(sensor->base);
	sensor_put_active(sensor);
	return simple_read_from_buffer(buf, len, pos, &val, sizeof(val));
}

static const struct file_operations sensor_fops = {
	.owner = THIS_MODULE,
	.open = sensor_open,
	.release = sensor_release,
	.read = sensor_read,
};

static int sensor_probe(struct platform_device *pdev)
{
	struct sensor *sensor;
	int ret;

	sensor = kzalloc(sizeof(*sensor), GFP_KERNEL);
	if (!sensor)
		return -ENOMEM;
	kref_init(&sensor->ref);
	refcount_set(&sensor->active, 1);
	init_completion(&sensor->idle);
	sensor->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(sensor->base)) {
		ret = PTR_ERR(sensor->base);
		goto err_put;
	}
	sensor->misc.minor = MISC_DYNAMIC_MINOR;
	sensor->misc.name = "sensor";
	sensor->misc.fops = &sensor_fops;
	sensor->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, sensor);
	ret = misc_register(&sensor->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&sensor->ref, sensor_free);
	return ret;
}

static void sensor_remove(struct platform_device *pdev)
{
	struct sensor *sensor = platform_get_drvdata(pdev);

	misc_deregister(&sensor->misc);
	sensor_put_active(sensor);
	wait_for_completion(&sensor->idle);
	kref_put(&sensor->ref, sensor_free);
}

static struct platform_driver sensor_driver = {
	.probe = sensor_probe,
	.remove = sensor_remove,
	.driver = {
		.name = "sensor",
	},
};
module_platform_driver(sensor_driver);

MODULE_DESCRIPTION("sensor");
MODULE_LICENSE("GPL");
