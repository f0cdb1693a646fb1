// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// A core calls the operation under a lock for which its removal waits, and a transport
// without a time limit may stand still.

#include <linux/gnss.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/serdev.h>

static int compass_write(struct gnss_device *gdev, const unsigned char *buf, size_t count)
{
	struct serdev_device *serdev = gnss_get_drvdata(gdev);

	return serdev_device_write(serdev, buf, count, MAX_SCHEDULE_TIMEOUT);
	// expected-warning@-1{{'compass_write' sleeps under 'rwsem' of the core, and nothing ends the sleep before 'gnss_deregister_device' needs it}}
}

static const struct gnss_operations compass_ops = {
	.write_raw = compass_write,
};

static int compass_probe(struct serdev_device *serdev)
{
	struct gnss_device *gdev = gnss_allocate_device(&serdev->dev);

	if (!gdev)
		return -ENOMEM;
	gdev->ops = &compass_ops;
	gnss_set_drvdata(gdev, serdev);
	serdev_device_set_drvdata(serdev, gdev);
	return gnss_register_device(gdev);
}

static void compass_remove(struct serdev_device *serdev)
{
	struct gnss_device *gdev = serdev_device_get_drvdata(serdev);

	gnss_deregister_device(gdev);
	gnss_put_device(gdev);
}

static struct serdev_device_driver compass_driver = {
	.driver = {
		.name = "compass",
	},
	.probe = compass_probe,
	.remove = compass_remove,
};
module_serdev_device_driver(compass_driver);

MODULE_DESCRIPTION("compass");
MODULE_LICENSE("GPL");
