// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-fences | FileCheck %s
//
// Shape S5: an idr and the lock that guards it.
//
// CHECK-DAG: "shape":"S5"
// CHECK-DAG: "lock":"eeprom_lock"
// CHECK-DAG: "predicate":"eeprom_idr"
// CHECK-DAG: "teardown":"eeprom_remove"
// CHECK-DAG: "doors":["eeprom_read"]

#include <linux/cdev.h>
#include <linux/fs.h>
#include <linux/i2c.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct eeprom {
	struct i2c_client *client;
	int id;
};

static DEFINE_IDR(eeprom_idr);
static DEFINE_MUTEX(eeprom_lock);
static int eeprom_major;

static ssize_t eeprom_read(struct file *file, char __user *buf, size_t len,
			   loff_t *pos)
{
	struct eeprom *eeprom;
	int val = -ENODEV;

	mutex_lock(&eeprom_lock);
	eeprom = idr_find(&eeprom_idr, iminor(file_inode(file)));
	if (eeprom)
		val = i2c_smbus_read_byte_data(eeprom->client, 0);
	mutex_unlock(&eeprom_lock);
	if (val < 0)
		return val;
	return simple_read_from_buffer(buf, len, pos, &val, 1);
}

static const struct file_operations eeprom_fops = {
	.owner = THIS_MODULE,
	.read = eeprom_read,
};

static int eeprom_probe(struct i2c_client *client)
{
	struct eeprom *eeprom;
	int id;

	eeprom = kzalloc(sizeof(*eeprom), GFP_KERNEL);
	if (!eeprom)
		return -ENOMEM;
	eeprom->client = client;
	mutex_lock(&eeprom_lock);
	id = idr_alloc(&eeprom_idr, eeprom, 0, 256, GFP_KERNEL);
	mutex_unlock(&eeprom_lock);
	if (id < 0) {
		kfree(eeprom);
		return id;
	}
	eeprom->id = id;
	i2c_set_clientdata(client, eeprom);
	return 0;
}

static void eeprom_remove(struct i2c_client *client)
{
	struct eeprom *eeprom = i2c_get_clientdata(client);

	mutex_lock(&eeprom_lock);
	idr_remove(&eeprom_idr, eeprom->id);
	mutex_unlock(&eeprom_lock);
	kfree(eeprom);
}

static struct i2c_driver eeprom_driver = {
	.probe = eeprom_probe,
	.remove = eeprom_remove,
	.driver = {
		.name = "eeprom",
	},
};

static int __init eeprom_init(void)
{
	int ret;

	eeprom_major = register_chrdev(0, "eeprom", &eeprom_fops);
	if (eeprom_major < 0)
		return eeprom_major;
	ret = i2c_add_driver(&eeprom_driver);
	if (ret)
		unregister_chrdev(eeprom_major, "eeprom");
	return ret;
}
module_init(eeprom_init);

static void __exit eeprom_exit(void)
{
	i2c_del_driver(&eeprom_driver);
	unregister_chrdev(eeprom_major, "eeprom");
}
module_exit(eeprom_exit);

MODULE_DESCRIPTION("eeprom");
MODULE_LICENSE("GPL");
