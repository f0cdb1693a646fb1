// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The same helper, called with the lock held.

#include <linux/fs.h>
#include <linux/i2c.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

struct radio {
	struct kref ref;
	struct miscdevice misc;
	struct mutex lock;	/* client is NULL once the device is gone */
	struct i2c_client *client;
};

static void radio_free(struct kref *ref)
{
	kfree(container_of(ref, struct radio, ref));
}

static int radio_open(struct inode *inode, struct file *file)
{
	struct radio *radio = container_of(file->private_data, struct radio, misc);

	kref_get(&radio->ref);
	file->private_data = radio;
	return 0;
}

static int radio_release(struct inode *inode, struct file *file)
{
	struct radio *radio = file->private_data;

	kref_put(&radio->ref, radio_free);
	return 0;
}

static bool radio_alive(struct radio *radio)
{
	return radio->client != NULL;
}

static ssize_t radio_write(struct file *file, const char __user *buf, size_t len,
			 loff_t *pos)
{
	struct radio *radio = file->private_data;
	int ret;

	guard(mutex)(&radio->lock);
	if (!radio_alive(radio))
		return -ENODEV;
	ret = i2c_smbus_write_byte_data(radio->client, 0, len);
	return ret < 0 ? ret : len;
}

static const struct file_operations radio_fops = {
	.owner = THIS_MODULE,
	.open = radio_open,
	.release = radio_release,
	.write = radio_write,
};

static int radio_probe(struct i2c_client *client)
{
	struct radio *radio;
	int ret;

	radio = kzalloc(sizeof(*radio), GFP_KERNEL);
	if (!radio)
		return -ENOMEM;
	kref_init(&radio->ref);
	mutex_init(&radio->lock);
	radio->client = client;
	radio->misc.minor = MISC_DYNAMIC_MINOR;
	radio->misc.name = "radio";
	radio->misc.fops = &radio_fops;
	radio->misc.parent = &client->dev;
	i2c_set_clientdata(client, radio);
	ret = misc_register(&radio->misc);
	if (ret)
		kref_put(&radio->ref, radio_free);
	return ret;
}

static void radio_remove(struct i2c_client *client)
{
	struct radio *radio = i2c_get_clientdata(client);

	misc_deregister(&radio->misc);
	mutex_lock(&radio->lock);
	radio->client = NULL;
	mutex_unlock(&radio->lock);
	kref_put(&radio->ref, radio_free);
}

static struct i2c_driver radio_driver = {
	.probe = radio_probe,
	.remove = radio_remove,
	.driver = {
		.name = "radio",
	},
};
module_i2c_driver(radio_driver);

MODULE_DESCRIPTION("radio");
MODULE_LICENSE("GPL");
