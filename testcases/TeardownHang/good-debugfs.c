// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The reader is told before debugfs_remove() waits for it.

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/wait.h>

struct tracer {
	struct dentry *log;
	wait_queue_head_t wait;
	unsigned int lines;
	bool gone;
};

static ssize_t tracer_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct tracer *tracer = file->private_data;
	int ret;

	ret = wait_event_interruptible(tracer->wait, tracer->lines || READ_ONCE(tracer->gone));
	return ret;
}

static const struct file_operations tracer_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = tracer_read,
};

static int tracer_probe(struct platform_device *pdev)
{
	struct tracer *tracer;

	tracer = devm_kzalloc(&pdev->dev, sizeof(*tracer), GFP_KERNEL);
	if (!tracer)
		return -ENOMEM;
	platform_set_drvdata(pdev, tracer);
	init_waitqueue_head(&tracer->wait);
	tracer->log = debugfs_create_file("log", 0444, NULL, tracer, &tracer_fops);
	return 0;
}

static void tracer_remove(struct platform_device *pdev)
{
	struct tracer *tracer = platform_get_drvdata(pdev);

	WRITE_ONCE(tracer->gone, true);
	wake_up_all(&tracer->wait);
	debugfs_remove(tracer->log);
}

static struct platform_driver tracer_driver = {
	.probe = tracer_probe,
	.remove = tracer_remove,
	.driver = {
		.name = "tracer",
	},
};
module_platform_driver(tracer_driver);

MODULE_DESCRIPTION("tracer");
MODULE_LICENSE("GPL");
