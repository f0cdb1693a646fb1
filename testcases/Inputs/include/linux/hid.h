/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_HID_H
#define SIM_LINUX_HID_H

#include <linux/device.h>
#include <linux/mod_devicetable.h>

struct hid_report {
	unsigned int id;
	unsigned int size;
};

enum hid_report_type {
	HID_INPUT_REPORT = 0,
	HID_OUTPUT_REPORT = 1,
	HID_FEATURE_REPORT = 2,
};

enum hid_class_request {
	HID_REQ_GET_REPORT = 0x01,
	HID_REQ_SET_REPORT = 0x09,
};

struct hid_device {
	u16 bus;
	u16 group;
	u32 vendor;
	u32 product;
	struct device dev;
	struct hid_driver *driver;
};

struct hid_driver {
	char *name;
	const struct hid_device_id *id_table;
	int (*probe)(struct hid_device *dev, const struct hid_device_id *id);
	void (*remove)(struct hid_device *dev);
	int (*raw_event)(struct hid_device *hdev, struct hid_report *report,
			 u8 *data, int size);
	int (*suspend)(struct hid_device *hdev, pm_message_t message);
	int (*resume)(struct hid_device *hdev);
	struct device_driver driver;
};

#define HID_CONNECT_HIDRAW 0x04
#define HID_USB_DEVICE(v, p) .bus = 3, .vendor = (v), .product = (p)

int __must_check hid_parse(struct hid_device *hdev);
int __must_check hid_hw_start(struct hid_device *hdev, unsigned int mask);
void hid_hw_stop(struct hid_device *hdev);
int __must_check hid_hw_open(struct hid_device *hdev);
void hid_hw_close(struct hid_device *hdev);
int hid_hw_output_report(struct hid_device *hdev, u8 *buf, size_t len);
int hid_hw_raw_request(struct hid_device *hdev, unsigned char reportnum,
		       u8 *buf, size_t len, enum hid_report_type rtype,
		       enum hid_class_request reqtype);

static inline void *hid_get_drvdata(struct hid_device *hdev)
{
	return dev_get_drvdata(&hdev->dev);
}

static inline void hid_set_drvdata(struct hid_device *hdev, void *data)
{
	dev_set_drvdata(&hdev->dev, data);
}

int __must_check __hid_register_driver(struct hid_driver *drv, struct module *mod,
				       const char *name);
void hid_unregister_driver(struct hid_driver *drv);
#define hid_register_driver(drv) \
	__hid_register_driver(drv, THIS_MODULE, KBUILD_MODNAME)
#define module_hid_driver(drv) \
	module_driver(drv, hid_register_driver, hid_unregister_driver)

#endif
