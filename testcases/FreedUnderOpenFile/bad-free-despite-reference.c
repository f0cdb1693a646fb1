// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// disconnect() frees the object that every open file points to, and has a reference on.

#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/usb.h>

struct dongle {
	struct kref ref;
	struct usb_device *udev;
	struct usb_interface *intf;
	struct mutex lock;	/* intf is NULL once the device is gone */
	u32 serial;
};

static struct usb_driver dongle_driver;

static void dongle_free(struct kref *ref)
{
	struct dongle *dongle = container_of(ref, struct dongle, ref);

	usb_put_dev(dongle->udev);
	kfree(dongle);
}

static int dongle_open(struct inode *inode, struct file *file)
{
	struct usb_interface *intf;
	struct dongle *dongle;

	intf = usb_find_interface(&dongle_driver, iminor(inode));
	if (!intf)
		return -ENODEV;
	dongle = usb_get_intfdata(intf);
	kref_get(&dongle->ref);
	file->private_data = dongle;
	return 0;
}

static int dongle_release(struct inode *inode, struct file *file)
{
	file->private_data = NULL;
	return 0;
}

static long dongle_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct dongle *dongle = file->private_data;

	return put_user(dongle->serial, (u32 __user *)arg);
	// expected-warning@-1{{'dongle_ioctl' uses 'struct dongle', which 'dongle_disconnect' frees while files are open}}
}

static const struct file_operations dongle_fops = {
	.owner = THIS_MODULE,
	.open = dongle_open,
	.release = dongle_release,
	.unlocked_ioctl = dongle_ioctl,
};

static struct usb_class_driver dongle_class = {
	.name = "dongle%d",
	.fops = &dongle_fops,
	.minor_base = 192,
};

static int dongle_probe(struct usb_interface *intf, const struct usb_device_id *id)
{
	struct dongle *dongle;
	int ret;

	dongle = kzalloc(sizeof(*dongle), GFP_KERNEL);
	if (!dongle)
		return -ENOMEM;
	kref_init(&dongle->ref);
	mutex_init(&dongle->lock);
	dongle->udev = usb_get_dev(interface_to_usbdev(intf));
	dongle->intf = intf;
	usb_set_intfdata(intf, dongle);
	ret = usb_register_dev(intf, &dongle_class);
	if (ret)
		kref_put(&dongle->ref, dongle_free);
	return ret;
}

static void dongle_disconnect(struct usb_interface *intf)
{
	struct dongle *dongle = usb_get_intfdata(intf);

	usb_deregister_dev(intf, &dongle_class);
	mutex_lock(&dongle->lock);
	dongle->intf = NULL;
	mutex_unlock(&dongle->lock);
	usb_put_dev(dongle->udev);
	kfree(dongle);
}

static const struct usb_device_id dongle_ids[] = {
	{ USB_DEVICE(0x1234, 0x5678) },
	{ }
};
MODULE_DEVICE_TABLE(usb, dongle_ids);

static struct usb_driver dongle_driver = {
	.name = "dongle",
	.probe = dongle_probe,
	.disconnect = dongle_disconnect,
	.id_table = dongle_ids,
};
module_usb_driver(dongle_driver);

MODULE_DESCRIPTION("dongle");
MODULE_LICENSE("GPL");
