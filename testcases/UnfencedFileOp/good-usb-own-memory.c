// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Shape S0: the door stays in memory that the file holds a reference to; what the
// device sent is copied there by others.

#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/usb.h>

struct card {
	struct kref ref;
	struct usb_device *udev;
	struct usb_interface *intf;
	struct mutex lock;	/* intf is NULL once the device is gone */
	u8 last[64];
};

static struct usb_driver card_driver;

static void card_free(struct kref *ref)
{
	struct card *card = container_of(ref, struct card, ref);

	usb_put_dev(card->udev);
	kfree(card);
}

static int card_open(struct inode *inode, struct file *file)
{
	struct usb_interface *intf;
	struct card *card;

	intf = usb_find_interface(&card_driver, iminor(inode));
	if (!intf)
		return -ENODEV;
	card = usb_get_intfdata(intf);
	kref_get(&card->ref);
	file->private_data = card;
	return 0;
}

static int card_release(struct inode *inode, struct file *file)
{
	struct card *card = file->private_data;

	kref_put(&card->ref, card_free);
	return 0;
}

static ssize_t card_read(struct file *file, char __user *buf, size_t len,
			loff_t *pos)
{
	struct card *card = file->private_data;

	return simple_read_from_buffer(buf, len, pos, card->last, sizeof(card->last));
}

static const struct file_operations card_fops = {
	.owner = THIS_MODULE,
	.open = card_open,
	.release = card_release,
	.read = card_read,
};

static struct usb_class_driver card_class = {
	.name = "card%d",
	.fops = &card_fops,
	.minor_base = 192,
};

static int card_probe(struct usb_interface *intf, const struct usb_device_id *id)
{
	struct card *card;
	int ret;

	card = kzalloc(sizeof(*card), GFP_KERNEL);
	if (!card)
		return -ENOMEM;
	kref_init(&card->ref);
	mutex_init(&card->lock);
	card->udev = usb_get_dev(interface_to_usbdev(intf));
	card->intf = intf;
	usb_set_intfdata(intf, card);
	ret = usb_register_dev(intf, &card_class);
	if (ret)
		kref_put(&card->ref, card_free);
	return ret;
}

static void card_disconnect(struct usb_interface *intf)
{
	struct card *card = usb_get_intfdata(intf);

	usb_deregister_dev(intf, &card_class);
	mutex_lock(&card->lock);
	card->intf = NULL;
	mutex_unlock(&card->lock);
	kref_put(&card->ref, card_free);
}

static const struct usb_device_id card_ids[] = {
	{ USB_DEVICE(0x1234, 0x5678) },
	{ }
};
MODULE_DEVICE_TABLE(usb, card_ids);

static struct usb_driver card_driver = {
	.name = "card",
	.probe = card_probe,
	.disconnect = card_disconnect,
	.id_table = card_ids,
};
module_usb_driver(card_driver);

MODULE_DESCRIPTION("card");
MODULE_LICENSE("GPL");
