// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The global pointer is the predicate, the mutex beside it the lock.

#include <linux/fs.h>
#include <linux/i2c.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct clock {
	struct i2c_client *client;
	u8 alarm;
};

static struct clock *the_clock;
static DEFINE_MUTEX(clock_lock);
static int clock_major;

static long clock_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	u8 alarm;

	mutex_lock(&clock_lock);
	if (!the_clock) {
		mutex_unlock(&clock_lock);
		return -ENODEV;
	}
	alarm = the_clock->alarm;
	mutex_unlock(&clock_lock);
	return put_user(alarm, (u8 __user *)arg);
}

static const struct file_operations clock_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = clock_ioctl,
};

static int clock_probe(struct i2c_client *client)
{
	struct clock *clock;

	clock = kzalloc(sizeof(*clock), GFP_KERNEL);
	if (!clock)
		return -ENOMEM;
	clock->client = client;
	mutex_lock(&clock_lock);
	the_clock = clock;
	mutex_unlock(&clock_lock);
	return 0;
}

static void clock_remove(struct i2c_client *client)
{
	struct clock *clock = the_clock;

	mutex_lock(&clock_lock);
	the_clock = NULL;
	mutex_unlock(&clock_lock);
	kfree(clock);
}

static struct i2c_driver clock_driver = {
	.probe = clock_probe,
	.remove = clock_remove,
	.driver = {
		.name = "clock",
	},
};

static int __init clock_init(void)
{
	int ret;

	clock_major = register_chrdev(0, "clock", &clock_fops);
	if (clock_major < 0)
		return clock_major;
	ret = i2c_add_driver(&clock_driver);
	if (ret)
		unregister_chrdev(clock_major, "clock");
	return ret;
}
module_init(clock_init);

static void __exit clock_exit(void)
{
	i2c_del_driver(&clock_driver);
	unregister_chrdev(clock_major, "clock");
}
module_exit(clock_exit);

MODULE_DESCRIPTION("clock");
MODULE_LICENSE("GPL");
