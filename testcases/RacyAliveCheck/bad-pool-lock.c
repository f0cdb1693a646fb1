// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// Operations take commands from a pool, and remove() empties it: that the pool is not
// empty says nothing of the device. The flag does, but remove() sets it under no lock.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#define RELAY_CMDS 4

struct relay_cmd {
	struct list_head list;
	u32 word;
};

struct relay {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;
	bool gone;
	spinlock_t pool_lock;
	struct list_head pool;
	struct relay_cmd cmds[RELAY_CMDS];
};

static struct relay_cmd *relay_get_cmd(struct relay *relay)
{
	struct relay_cmd *cmd = NULL;

	spin_lock(&relay->pool_lock);
	if (!list_empty(&relay->pool)) {
		cmd = list_first_entry(&relay->pool, struct relay_cmd, list);
		list_del_init(&cmd->list);
	}
	spin_unlock(&relay->pool_lock);
	return cmd;
}

static void relay_put_cmd(struct relay *relay, struct relay_cmd *cmd)
{
	spin_lock(&relay->pool_lock);
	list_add_tail(&cmd->list, &relay->pool);
	spin_unlock(&relay->pool_lock);
}

static void relay_free(struct kref *ref)
{
	kfree(container_of(ref, struct relay, ref));
}

static int relay_open(struct inode *inode, struct file *file)
{
	struct relay *relay = container_of(file->private_data, struct relay, misc);

	kref_get(&relay->ref);
	file->private_data = relay;
	return 0;
}

static int relay_release(struct inode *inode, struct file *file)
{
	struct relay *relay = file->private_data;

	kref_put(&relay->ref, relay_free);
	return 0;
}

static ssize_t relay_write(struct file *file, const char __user *buf, size_t len,
			 loff_t *pos)
{
	struct relay *relay = file->private_data;
	struct relay_cmd *cmd;

	if (relay->gone) {
		return -ENODEV;
	}
	cmd = relay_get_cmd(relay);
	if (!cmd) {
		return -EBUSY;
	}
	iowrite32(cmd->word, relay->base);
	// expected-warning@-1{{tests 'gone' under no lock that teardown takes}}
	relay_put_cmd(relay, cmd);
	return len;
}

static const struct file_operations relay_fops = {
	.owner = THIS_MODULE,
	.open = relay_open,
	.release = relay_release,
	.write = relay_write,
};

static int relay_probe(struct platform_device *pdev)
{
	struct relay *relay;
	int i, ret;

	relay = kzalloc(sizeof(*relay), GFP_KERNEL);
	if (!relay)
		return -ENOMEM;
	kref_init(&relay->ref);
	mutex_init(&relay->lock);
	spin_lock_init(&relay->pool_lock);
	INIT_LIST_HEAD(&relay->pool);
	for (i = 0; i < RELAY_CMDS; i++)
		list_add_tail(&relay->cmds[i].list, &relay->pool);
	relay->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(relay->base)) {
		ret = PTR_ERR(relay->base);
		goto err_put;
	}
	relay->misc.minor = MISC_DYNAMIC_MINOR;
	relay->misc.name = "relay";
	relay->misc.fops = &relay_fops;
	relay->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, relay);
	ret = misc_register(&relay->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&relay->ref, relay_free);
	return ret;
}

static void relay_remove(struct platform_device *pdev)
{
	struct relay *relay = platform_get_drvdata(pdev);
	struct relay_cmd *cmd;

	misc_deregister(&relay->misc);
	relay->gone = true;
	spin_lock(&relay->pool_lock);
	while (!list_empty(&relay->pool)) {
		cmd = list_first_entry(&relay->pool, struct relay_cmd, list);
		list_del_init(&cmd->list);
	}
	spin_unlock(&relay->pool_lock);
	kref_put(&relay->ref, relay_free);
}

static struct platform_driver relay_driver = {
	.probe = relay_probe,
	.remove = relay_remove,
	.driver = {
		.name = "relay",
	},
};
module_platform_driver(relay_driver);

MODULE_DESCRIPTION("relay");
MODULE_LICENSE("GPL");
