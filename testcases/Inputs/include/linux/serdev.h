/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_SERDEV_H
#define SIM_LINUX_SERDEV_H

#include <linux/device.h>

struct serdev_device {
	struct device dev;
	int nr;
};

struct serdev_device_driver {
	struct device_driver driver;
	int (*probe)(struct serdev_device *serdev);
	void (*remove)(struct serdev_device *serdev);
};

static inline void *serdev_device_get_drvdata(const struct serdev_device *serdev)
{
	return dev_get_drvdata(&serdev->dev);
}

static inline void serdev_device_set_drvdata(struct serdev_device *serdev, void *data)
{
	dev_set_drvdata(&serdev->dev, data);
}

int serdev_device_write(struct serdev_device *serdev, const u8 *buf, size_t len, long timeout);
void serdev_device_wait_until_sent(struct serdev_device *serdev, long timeout);

int __serdev_device_driver_register(struct serdev_device_driver *drv, struct module *owner);
void serdev_device_driver_unregister(struct serdev_device_driver *drv);
#define serdev_device_driver_register(drv) __serdev_device_driver_register(drv, THIS_MODULE)
#define module_serdev_device_driver(drv) \
	module_driver(drv, serdev_device_driver_register, serdev_device_driver_unregister)

#endif
