// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// misc_open() leaves the miscdevice in the file, and remove() frees what it lies in.

#include <linux/fs.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct radio {
	struct list_head node;
	struct miscdevice misc;
	u32 station;
};

static LIST_HEAD(radio_list);
static DEFINE_MUTEX(radio_lock);

static ssize_t radio_read(struct file *file, char __user *buf, size_t len,
			  loff_t *pos)
{
	struct radio *radio;
	u32 station = 0;

	radio = container_of(file->private_data, struct radio, misc);
	station = radio->station;
	// expected-warning@-1{{'radio_read' uses 'struct radio', which 'radio_remove' frees while files are open}}
	return simple_read_from_buffer(buf, len, pos, &station, sizeof(station));
}

static const struct file_operations radio_fops = {
	.owner = THIS_MODULE,
	.read = radio_read,
};

static int radio_probe(struct platform_device *pdev)
{
	struct radio *radio = kzalloc(sizeof(*radio), GFP_KERNEL);

	if (!radio)
		return -ENOMEM;
	radio->misc.fops = &radio_fops;
	platform_set_drvdata(pdev, radio);
	mutex_lock(&radio_lock);
	list_add(&radio->node, &radio_list);
	mutex_unlock(&radio_lock);
	return misc_register(&radio->misc);
}

static void radio_remove(struct platform_device *pdev)
{
	struct radio *radio = platform_get_drvdata(pdev);

	misc_deregister(&radio->misc);
	mutex_lock(&radio_lock);
	list_del(&radio->node);
	mutex_unlock(&radio_lock);
	kfree(radio);
}

static struct platform_driver radio_driver = {
	.probe = radio_probe,
	.remove = radio_remove,
	.driver = { .name = "radio" },
};
module_platform_driver(radio_driver);
