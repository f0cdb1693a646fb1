// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// RUN: %strongfence-jsonl | FileCheck %s
//
// Whether the interface is there is asked before the lock is taken.
//
// CHECK: "bus":"usb"{{.*}}"rule":"RacyAliveCheck"{{.*}}"severity":"high"

#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/usb.h>

struct cam {
	struct kref ref;
	struct usb_device *udev;
	struct usb_interface *intf;
	struct mutex lock;	/* intf is NULL once the device is gone */
};

static struct usb_driver cam_driver;

static void cam_free(struct kref *ref)
{
	struct cam *cam = container_of(ref, struct cam, ref);

	usb_put_dev(cam->udev);
	kfree(cam);
}

static int cam_open(struct inode *inode, struct file *file)
{
	struct usb_interface *intf;
	struct cam *cam;

	intf = usb_find_interface(&cam_driver, iminor(inode));
	if (!intf)
		return -ENODEV;
	cam = usb_get_intfdata(intf);
	kref_get(&cam->ref);
	file->private_data = cam;
	return 0;
}

static int cam_release(struct inode *inode, struct file *file)
{
	struct cam *cam = file->private_data;

	kref_put(&cam->ref, cam_free);
	return 0;
}

static long cam_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct cam *cam = file->private_data;
	int ret;

	if (!cam->intf)
		return -ENODEV;
	mutex_lock(&cam->lock);
	ret = usb_autopm_get_interface(cam->intf);
	// expected-warning@-1{{tests 'intf' outside 'lock'}}
	mutex_unlock(&cam->lock);
	return ret;
}

static const struct file_operations cam_fops = {
	.owner = THIS_MODULE,
	.open = cam_open,
	.release = cam_release,
	.unlocked_ioctl = cam_ioctl,
};

static struct usb_class_driver cam_class = {
	.name = "cam%d",
	.fops = &cam_fops,
	.minor_base = 192,
};

static int cam_probe(struct usb_interface *intf, const struct usb_device_id *id)
{
	struct cam *cam;
	int ret;

	cam = kzalloc(sizeof(*cam), GFP_KERNEL);
	if (!cam)
		return -ENOMEM;
	kref_init(&cam->ref);
	mutex_init(&cam->lock);
	cam->udev = usb_get_dev(interface_to_usbdev(intf));
	cam->intf = intf;
	usb_set_intfdata(intf, cam);
	ret = usb_register_dev(intf, &cam_class);
	if (ret)
		kref_put(&cam->ref, cam_free);
	return ret;
}

static void cam_disconnect(struct usb_interface *intf)
{
	struct cam *cam = usb_get_intfdata(intf);

	usb_deregister_dev(intf, &cam_class);
	mutex_lock(&cam->lock);
	cam->intf = NULL;
	mutex_unlock(&cam->lock);
	kref_put(&cam->ref, cam_free);
}

static const struct usb_device_id cam_ids[] = {
	{ USB_DEVICE(0x1234, 0x5678) },
	{ }
};
MODULE_DEVICE_TABLE(usb, cam_ids);

static struct usb_driver cam_driver = {
	.name = "cam",
	.probe = cam_probe,
	.disconnect = cam_disconnect,
	.id_table = cam_ids,
};
module_usb_driver(cam_driver);

MODULE_DESCRIPTION("cam");
MODULE_LICENSE("GPL");
