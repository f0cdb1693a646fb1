/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_PM_RUNTIME_H
#define SIM_LINUX_PM_RUNTIME_H

#include <linux/device.h>

int __pm_runtime_resume(struct device *dev, int flags);
int __pm_runtime_idle(struct device *dev, int flags);
void pm_runtime_enable(struct device *dev);
void __pm_runtime_disable(struct device *dev, bool check);

static inline int pm_runtime_get_sync(struct device *dev)
{
	return __pm_runtime_resume(dev, 0x04);
}

static inline int pm_runtime_put(struct device *dev)
{
	return __pm_runtime_idle(dev, 0x05);
}

static inline void pm_runtime_disable(struct device *dev)
{
	__pm_runtime_disable(dev, true);
}

#endif
