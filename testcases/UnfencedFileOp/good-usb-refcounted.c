// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Shape S9: usbcore refuses transfers on a device that is gone, and the usb_device
// is there until the last file puts it.

#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/usb.h>

struct pen {
	struct kref ref;
	struct usb_device *udev;
	struct usb_interface *intf;
	struct mutex lock;	/* intf is NULL once the device is gone */
	struct urb *urb;
	u8 last[64];
};

static struct usb_driver pen_driver;

static void pen_free(struct kref *ref)
{
	struct pen *pen = container_of(ref, struct pen, ref);

	usb_free_urb(pen->urb);
	usb_put_dev(pen->udev);
	kfree(pen);
}

static int pen_open(struct inode *inode, struct file *file)
{
	struct usb_interface *intf;
	struct pen *pen;

	intf = usb_find_interface(&pen_driver, iminor(inode));
	if (!intf)
		return -ENODEV;
	pen = usb_get_intfdata(intf);
	kref_get(&pen->ref);
	file->private_data = pen;
	return 0;
}

static int pen_release(struct inode *inode, struct file *file)
{
	struct pen *pen = file->private_data;

	kref_put(&pen->ref, pen_free);
	return 0;
}

static ssize_t pen_write(struct file *file, const char __user *buf, size_t len,
			 loff_t *pos)
{
	struct pen *pen = file->private_data;
	u8 *data;
	int done, ret;

	if (len > 64)
		return -EINVAL;
	data = kmalloc(64, GFP_KERNEL);
	if (!data)
		return -ENOMEM;
	if (copy_from_user(data, buf, len)) {
		kfree(data);
		return -EFAULT;
	}
	ret = usb_bulk_msg(pen->udev, usb_sndbulkpipe(pen->udev, 2), data, len,
			   &done, 1000);
	kfree(data);
	return ret ? ret : done;
}

static long pen_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct pen *pen = file->private_data;

	usb_fill_bulk_urb(pen->urb, pen->udev, usb_sndbulkpipe(pen->udev, 2),
			  pen->last, sizeof(pen->last), NULL, pen);
	if (usb_submit_urb(pen->urb, GFP_KERNEL))
		return -EIO;
	return usb_control_msg(pen->udev, usb_sndctrlpipe(pen->udev, 0), cmd,
			       USB_TYPE_VENDOR, arg, 0, NULL, 0, 1000);
}

static const struct file_operations pen_fops = {
	.owner = THIS_MODULE,
	.open = pen_open,
	.release = pen_release,
	.write = pen_write,
	.unlocked_ioctl = pen_ioctl,
};

static struct usb_class_driver pen_class = {
	.name = "pen%d",
	.fops = &pen_fops,
	.minor_base = 192,
};

static int pen_probe(struct usb_interface *intf, const struct usb_device_id *id)
{
	struct pen *pen;
	int ret;

	pen = kzalloc(sizeof(*pen), GFP_KERNEL);
	if (!pen)
		return -ENOMEM;
	kref_init(&pen->ref);
	mutex_init(&pen->lock);
	pen->udev = usb_get_dev(interface_to_usbdev(intf));
	pen->intf = intf;
	pen->urb = usb_alloc_urb(0, GFP_KERNEL);
	if (!pen->urb) {
		kref_put(&pen->ref, pen_free);
		return -ENOMEM;
	}
	usb_set_intfdata(intf, pen);
	ret = usb_register_dev(intf, &pen_class);
	if (ret)
		kref_put(&pen->ref, pen_free);
	return ret;
}

static void pen_disconnect(struct usb_interface *intf)
{
	struct pen *pen = usb_get_intfdata(intf);

	usb_deregister_dev(intf, &pen_class);
	mutex_lock(&pen->lock);
	pen->intf = NULL;
	mutex_unlock(&pen->lock);
	kref_put(&pen->ref, pen_free);
}

static const struct usb_device_id pen_ids[] = {
	{ USB_DEVICE(0x1234, 0x5678) },
	{ }
};
MODULE_DEVICE_TABLE(usb, pen_ids);

static struct usb_driver pen_driver = {
	.name = "pen",
	.probe = pen_probe,
	.disconnect = pen_disconnect,
	.id_table = pen_ids,
};
module_usb_driver(pen_driver);

MODULE_DESCRIPTION("pen");
MODULE_LICENSE("GPL");
