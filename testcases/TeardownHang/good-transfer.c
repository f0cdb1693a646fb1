// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The completion wakes the reader whatever became of the transfer.

#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/usb.h>
#include <linux/wait.h>

struct knob {
	struct mutex lock;
	struct urb *urb;
	wait_queue_head_t wait;
	bool done;
	bool gone;
};

static void knob_complete(struct urb *urb)
{
	struct knob *knob = urb->context;

	switch (urb->status) {
	case 0:
		break;
	case -ENOENT:
	case -ESHUTDOWN:
		goto out;
	default:
		goto out;
	}
	knob->done = true;
out:
	knob->done = true;
	wake_up_interruptible(&knob->wait);
}

static ssize_t knob_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct knob *knob = file->private_data;
	int ret = -ENODEV;

	mutex_lock(&knob->lock);
	if (!knob->gone)
		ret = wait_event_interruptible(knob->wait, knob->done);
	mutex_unlock(&knob->lock);
	return ret;
}

static const struct file_operations knob_fops = {
	.owner = THIS_MODULE,
	.read = knob_read,
};

static struct usb_class_driver knob_class = {
	.name = "knob%d",
	.fops = &knob_fops,
};

static int knob_probe(struct usb_interface *intf, const struct usb_device_id *id)
{
	struct knob *knob = kzalloc(sizeof(*knob), GFP_KERNEL);

	if (!knob)
		return -ENOMEM;
	mutex_init(&knob->lock);
	init_waitqueue_head(&knob->wait);
	knob->urb = usb_alloc_urb(0, GFP_KERNEL);
	usb_fill_bulk_urb(knob->urb, interface_to_usbdev(intf), 0, NULL, 0, knob_complete, knob);
	usb_set_intfdata(intf, knob);
	return usb_register_dev(intf, &knob_class);
}

static void knob_disconnect(struct usb_interface *intf)
{
	struct knob *knob = usb_get_intfdata(intf);

	usb_deregister_dev(intf, &knob_class);
	mutex_lock(&knob->lock);
	knob->gone = true;
	mutex_unlock(&knob->lock);
}

static struct usb_driver knob_driver = {
	.name = "knob",
	.probe = knob_probe,
	.disconnect = knob_disconnect,
};
module_usb_driver(knob_driver);

MODULE_DESCRIPTION("knob");
MODULE_LICENSE("GPL");
