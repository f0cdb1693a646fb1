// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The regmap is used while the lock is held and the client is there.

#include <linux/fs.h>
#include <linux/i2c.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/regmap.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct pmic {
	struct kref ref;
	struct miscdevice misc;
	struct mutex lock;	/* client is NULL once the device is gone */
	struct i2c_client *client;
	struct regmap *map;
};

static void pmic_free(struct kref *ref)
{
	kfree(container_of(ref, struct pmic, ref));
}

static int pmic_open(struct inode *inode, struct file *file)
{
	struct pmic *pmic = container_of(file->private_data, struct pmic, misc);

	kref_get(&pmic->ref);
	file->private_data = pmic;
	return 0;
}

static int pmic_release(struct inode *inode, struct file *file)
{
	struct pmic *pmic = file->private_data;

	kref_put(&pmic->ref, pmic_free);
	return 0;
}

static long pmic_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct pmic *pmic = file->private_data;
	unsigned int val;
	int ret;

	guard(mutex)(&pmic->lock);
	if (!pmic->client)
		return -ENODEV;
	ret = regmap_read(pmic->map, cmd, &val);
	if (ret)
		return ret;
	return put_user(val, (u32 __user *)arg);
}

static const struct file_operations pmic_fops = {
	.owner = THIS_MODULE,
	.open = pmic_open,
	.release = pmic_release,
	.unlocked_ioctl = pmic_ioctl,
};

static const struct regmap_config pmic_regmap = {
	.reg_bits = 8,
	.val_bits = 8,
};

static int pmic_probe(struct i2c_client *client)
{
	struct pmic *pmic;
	int ret;

	pmic = kzalloc(sizeof(*pmic), GFP_KERNEL);
	if (!pmic)
		return -ENOMEM;
	kref_init(&pmic->ref);
	mutex_init(&pmic->lock);
	pmic->client = client;
	pmic->map = devm_regmap_init_i2c(client, &pmic_regmap);
	if (IS_ERR(pmic->map)) {
		ret = PTR_ERR(pmic->map);
		kref_put(&pmic->ref, pmic_free);
		return ret;
	}
	pmic->misc.minor = MISC_DYNAMIC_MINOR;
	pmic->misc.name = "pmic";
	pmic->misc.fops = &pmic_fops;
	pmic->misc.parent = &client->dev;
	i2c_set_clientdata(client, pmic);
	ret = misc_register(&pmic->misc);
	if (ret)
		kref_put(&pmic->ref, pmic_free);
	return ret;
}

static void pmic_remove(struct i2c_client *client)
{
	struct pmic *pmic = i2c_get_clientdata(client);

	misc_deregister(&pmic->misc);
	mutex_lock(&pmic->lock);
	pmic->client = NULL;
	mutex_unlock(&pmic->lock);
	kref_put(&pmic->ref, pmic_free);
}

static struct i2c_driver pmic_driver = {
	.probe = pmic_probe,
	.remove = pmic_remove,
	.driver = {
		.name = "pmic",
	},
};
module_i2c_driver(pmic_driver);

MODULE_DESCRIPTION("pmic");
MODULE_LICENSE("GPL");
