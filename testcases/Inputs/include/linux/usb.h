/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_USB_H
#define SIM_LINUX_USB_H

#include <linux/delay.h>
#include <linux/device.h>
#include <linux/mod_devicetable.h>
#include <linux/mutex.h>

struct file_operations;

struct usb_device {
	int devnum;
	int state;
	struct usb_device *parent;
	struct device dev;
};

struct usb_host_interface;

struct usb_interface {
	struct usb_host_interface *altsetting;
	struct usb_host_interface *cur_altsetting;
	int minor;
	struct device dev;
	struct device *usb_dev;
};

struct usb_driver {
	const char *name;
	int (*probe)(struct usb_interface *intf, const struct usb_device_id *id);
	void (*disconnect)(struct usb_interface *intf);
	int (*unlocked_ioctl)(struct usb_interface *intf, unsigned int code,
			      void *buf);
	int (*suspend)(struct usb_interface *intf, pm_message_t message);
	int (*resume)(struct usb_interface *intf);
	int (*reset_resume)(struct usb_interface *intf);
	int (*pre_reset)(struct usb_interface *intf);
	int (*post_reset)(struct usb_interface *intf);
	void (*shutdown)(struct usb_interface *intf);
	const struct usb_device_id *id_table;
	const struct attribute_group **dev_groups;
	struct device_driver driver;
	unsigned int no_dynamic_id : 1;
	unsigned int supports_autosuspend : 1;
	unsigned int disable_hub_initiated_lpm : 1;
	unsigned int soft_unbind : 1;
};

struct usb_class_driver {
	char *name;
	char *(*devnode)(const struct device *dev, umode_t *mode);
	const struct file_operations *fops;
	int minor_base;
};

struct urb;
typedef void (*usb_complete_t)(struct urb *);

struct usb_anchor {
	struct list_head urb_list;
	spinlock_t lock;
	unsigned int poisoned : 1;
};

struct urb {
	struct kref kref;
	struct usb_device *dev;
	unsigned int pipe;
	int status;
	void *transfer_buffer;
	u32 transfer_buffer_length;
	u32 actual_length;
	void *context;
	usb_complete_t complete;
};

#define to_usb_device(d) container_of_const(d, struct usb_device, dev)
#define to_usb_interface(d) container_of_const(d, struct usb_interface, dev)

static inline struct usb_device *__intf_to_usbdev(struct usb_interface *intf)
{
	return to_usb_device(intf->dev.parent);
}

static inline const struct usb_device *
__intf_to_usbdev_const(const struct usb_interface *intf)
{
	return to_usb_device((const struct device *)intf->dev.parent);
}

#define interface_to_usbdev(intf)					\
	_Generic((intf),						\
		 const struct usb_interface *: __intf_to_usbdev_const,	\
		 struct usb_interface *: __intf_to_usbdev)(intf)

static inline void *usb_get_intfdata(struct usb_interface *intf)
{
	return dev_get_drvdata(&intf->dev);
}

static inline void usb_set_intfdata(struct usb_interface *intf, void *data)
{
	dev_set_drvdata(&intf->dev, data);
}

struct usb_device *usb_get_dev(struct usb_device *dev);
void usb_put_dev(struct usb_device *dev);
struct usb_interface *usb_get_intf(struct usb_interface *intf);
void usb_put_intf(struct usb_interface *intf);
struct usb_interface *usb_find_interface(struct usb_driver *drv, int minor);
int usb_register_dev(struct usb_interface *intf, struct usb_class_driver *cd);
void usb_deregister_dev(struct usb_interface *intf, struct usb_class_driver *cd);
int usb_autopm_get_interface(struct usb_interface *intf);
void usb_autopm_put_interface(struct usb_interface *intf);

int usb_register_driver(struct usb_driver *drv, struct module *owner,
			const char *name);
void usb_deregister(struct usb_driver *drv);
#define usb_register(drv) usb_register_driver(drv, THIS_MODULE, KBUILD_MODNAME)
#define module_usb_driver(drv) module_driver(drv, usb_register, usb_deregister)

#define USB_DEVICE(v, p) .match_flags = 3, .idVendor = (v), .idProduct = (p)
#define USB_DIR_IN 0x80
#define USB_DIR_OUT 0
#define USB_TYPE_VENDOR (2 << 5)
#define USB_RECIP_DEVICE 0

static inline unsigned int __create_pipe(struct usb_device *dev,
					 unsigned int endpoint)
{
	return (dev->devnum << 8) | (endpoint << 15);
}

#define usb_sndctrlpipe(d, e) ((2U << 30) | __create_pipe(d, e))
#define usb_rcvctrlpipe(d, e) ((2U << 30) | __create_pipe(d, e) | USB_DIR_IN)
#define usb_sndbulkpipe(d, e) ((3U << 30) | __create_pipe(d, e))
#define usb_rcvbulkpipe(d, e) ((3U << 30) | __create_pipe(d, e) | USB_DIR_IN)

int usb_control_msg(struct usb_device *dev, unsigned int pipe, u8 request,
		    u8 requesttype, u16 value, u16 index, void *data, u16 size,
		    int timeout);
int usb_bulk_msg(struct usb_device *dev, unsigned int pipe, void *data, int len,
		 int *actual, int timeout);
struct urb *usb_alloc_urb(int iso_packets, gfp_t gfp);
void usb_free_urb(struct urb *urb);
int usb_submit_urb(struct urb *urb, gfp_t gfp);
void usb_kill_urb(struct urb *urb);
void usb_poison_urb(struct urb *urb);
void usb_anchor_urb(struct urb *urb, struct usb_anchor *anchor);
void usb_kill_anchored_urbs(struct usb_anchor *anchor);

static inline void usb_fill_bulk_urb(struct urb *urb, struct usb_device *dev,
				     unsigned int pipe, void *buf, int len,
				     usb_complete_t complete, void *context)
{
	urb->dev = dev;
	urb->pipe = pipe;
	urb->transfer_buffer = buf;
	urb->transfer_buffer_length = len;
	urb->complete = complete;
	urb->context = context;
}

#endif
