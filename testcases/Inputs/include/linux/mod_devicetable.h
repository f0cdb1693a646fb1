/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_MOD_DEVICETABLE_H
#define SIM_LINUX_MOD_DEVICETABLE_H

#include <linux/types.h>

typedef unsigned long kernel_ulong_t;

struct of_device_id {
	char name[32];
	char type[32];
	char compatible[128];
	const void *data;
};

struct platform_device_id {
	char name[20];
	kernel_ulong_t driver_data;
};

struct usb_device_id {
	u16 match_flags;
	u16 idVendor;
	u16 idProduct;
	kernel_ulong_t driver_info;
};

struct pci_device_id {
	u32 vendor, device, subvendor, subdevice, class, class_mask;
	kernel_ulong_t driver_data;
};

struct i2c_device_id {
	char name[20];
	kernel_ulong_t driver_data;
};

struct spi_device_id {
	char name[32];
	kernel_ulong_t driver_data;
};

struct hid_device_id {
	u16 bus;
	u16 group;
	u32 vendor;
	u32 product;
	kernel_ulong_t driver_data;
};

struct auxiliary_device_id {
	char name[32];
	kernel_ulong_t driver_data;
};

#endif
