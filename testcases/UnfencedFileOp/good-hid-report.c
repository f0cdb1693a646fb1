// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The report goes out only while the device is there.

#include <linux/fs.h>
#include <linux/hid.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct keys {
	struct kref ref;
	struct miscdevice misc;
	struct mutex lock;
	struct hid_device *hdev;
	bool exist;
	u8 report[8];
};

static void keys_free(struct kref *ref)
{
	kfree(container_of(ref, struct keys, ref));
}

static int keys_open(struct inode *inode, struct file *file)
{
	struct keys *keys = container_of(file->private_data, struct keys, misc);

	kref_get(&keys->ref);
	file->private_data = keys;
	return 0;
}

static int keys_release(struct inode *inode, struct file *file)
{
	struct keys *keys = file->private_data;

	kref_put(&keys->ref, keys_free);
	return 0;
}

static ssize_t keys_write(struct file *file, const char __user *buf, size_t len,
			  loff_t *pos)
{
	struct keys *keys = file->private_data;
	int ret;

	mutex_lock(&keys->lock);
	if (!keys->exist) {
		ret = -ENODEV;
		goto out;
	}
	if (len > sizeof(keys->report) ||
	    copy_from_user(keys->report, buf, len)) {
		ret = -EINVAL;
		goto out;
	}
	ret = hid_hw_output_report(keys->hdev, keys->report, len);
out:
	mutex_unlock(&keys->lock);
	return ret;
}

static const struct file_operations keys_fops = {
	.owner = THIS_MODULE,
	.open = keys_open,
	.release = keys_release,
	.write = keys_write,
};

static int keys_probe(struct hid_device *hdev, const struct hid_device_id *id)
{
	struct keys *keys;
	int ret;

	keys = kzalloc(sizeof(*keys), GFP_KERNEL);
	if (!keys)
		return -ENOMEM;
	kref_init(&keys->ref);
	mutex_init(&keys->lock);
	keys->hdev = hdev;
	keys->exist = true;
	hid_set_drvdata(hdev, keys);
	ret = hid_parse(hdev);
	if (!ret)
		ret = hid_hw_start(hdev, HID_CONNECT_HIDRAW);
	if (ret)
		goto err_put;
	keys->misc.minor = MISC_DYNAMIC_MINOR;
	keys->misc.name = "keys";
	keys->misc.fops = &keys_fops;
	ret = misc_register(&keys->misc);
	if (ret)
		goto err_stop;
	return 0;

err_stop:
	hid_hw_stop(hdev);
err_put:
	kref_put(&keys->ref, keys_free);
	return ret;
}

static void keys_remove(struct hid_device *hdev)
{
	struct keys *keys = hid_get_drvdata(hdev);

	misc_deregister(&keys->misc);
	mutex_lock(&keys->lock);
	keys->exist = false;
	mutex_unlock(&keys->lock);
	hid_hw_stop(hdev);
	kref_put(&keys->ref, keys_free);
}

static const struct hid_device_id keys_ids[] = {
	{ HID_USB_DEVICE(0x1234, 0x5678) },
	{ }
};

static struct hid_driver keys_driver = {
	.name = "keys",
	.id_table = keys_ids,
	.probe = keys_probe,
	.remove = keys_remove,
};
module_hid_driver(keys_driver);

MODULE_DESCRIPTION("keys");
MODULE_LICENSE("GPL");
