// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// A helper reads and tests the pointer under the lock, and keeps the lock when there is
// a device.

#include <linux/fs.h>
#include <linux/i2c.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

struct tuner {
	struct kref ref;
	struct miscdevice misc;
	struct mutex lock;	/* client is NULL once the device is gone */
	struct i2c_client *client;
};

static void tuner_free(struct kref *ref)
{
	kfree(container_of(ref, struct tuner, ref));
}

static int tuner_open(struct inode *inode, struct file *file)
{
	struct tuner *tuner = container_of(file->private_data, struct tuner, misc);

	kref_get(&tuner->ref);
	file->private_data = tuner;
	return 0;
}

static int tuner_release(struct inode *inode, struct file *file)
{
	struct tuner *tuner = file->private_data;

	kref_put(&tuner->ref, tuner_free);
	return 0;
}

static struct i2c_client *tuner_get(struct tuner *tuner)
{
	struct i2c_client *client;

	mutex_lock(&tuner->lock);
	client = tuner->client;
	if (!client)
		mutex_unlock(&tuner->lock);
	return client;
}

static long tuner_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct tuner *tuner = file->private_data;
	u8 out[2] = { cmd, arg };
	struct i2c_msg msg = { .addr = 0x60, .len = sizeof(out), .buf = out };
	struct i2c_client *client;
	long ret;

	client = tuner_get(tuner);
	if (!client)
		return -ENODEV;
	ret = i2c_transfer(client->adapter, &msg, 1);
	mutex_unlock(&tuner->lock);
	return ret < 0 ? ret : 0;
}

static const struct file_operations tuner_fops = {
	.owner = THIS_MODULE,
	.open = tuner_open,
	.release = tuner_release,
	.unlocked_ioctl = tuner_ioctl,
};

static int tuner_probe(struct i2c_client *client)
{
	struct tuner *tuner;
	int ret;

	tuner = kzalloc(sizeof(*tuner), GFP_KERNEL);
	if (!tuner)
		return -ENOMEM;
	kref_init(&tuner->ref);
	mutex_init(&tuner->lock);
	tuner->client = client;
	tuner->misc.minor = MISC_DYNAMIC_MINOR;
	tuner->misc.name = "tuner";
	tuner->misc.fops = &tuner_fops;
	tuner->misc.parent = &client->dev;
	i2c_set_clientdata(client, tuner);
	ret = misc_register(&tuner->misc);
	if (ret)
		kref_put(&tuner->ref, tuner_free);
	return ret;
}

static void tuner_remove(struct i2c_client *client)
{
	struct tuner *tuner = i2c_get_clientdata(client);

	misc_deregister(&tuner->misc);
	mutex_lock(&tuner->lock);
	tuner->client = NULL;
	mutex_unlock(&tuner->lock);
	kref_put(&tuner->ref, tuner_free);
}

static struct i2c_driver tuner_driver = {
	.probe = tuner_probe,
	.remove = tuner_remove,
	.driver = {
		.name = "tuner",
	},
};
module_i2c_driver(tuner_driver);

MODULE_DESCRIPTION("tuner");
MODULE_LICENSE("GPL");
