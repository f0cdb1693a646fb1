// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The state is compared under the lock.

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

enum engine_state {
	ENGINE_IDLE,
	ENGINE_BUSY,
	ENGINE_DEAD,
};

struct engine {
	struct kref ref;
	struct miscdevice misc;
	void __iomem *base;
	struct mutex lock;
	enum engine_state state;
};

static void engine_free(struct kref *ref)
{
	kfree(container_of(ref, struct engine, ref));
}

static int engine_open(struct inode *inode, struct file *file)
{
	struct engine *engine = container_of(file->private_data, struct engine, misc);

	kref_get(&engine->ref);
	file->private_data = engine;
	return 0;
}

static int engine_release(struct inode *inode, struct file *file)
{
	struct engine *engine = file->private_data;

	kref_put(&engine->ref, engine_free);
	return 0;
}

static long engine_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct engine *engine = file->private_data;

	mutex_lock(&engine->lock);
	if (engine->state == ENGINE_DEAD) {
		mutex_unlock(&engine->lock);
		return -EIO;
	}
	writel(arg, engine->base);
	mutex_unlock(&engine->lock);
	return 0;
}

static const struct file_operations engine_fops = {
	.owner = THIS_MODULE,
	.open = engine_open,
	.release = engine_release,
	.unlocked_ioctl = engine_ioctl,
};

static int engine_probe(struct platform_device *pdev)
{
	struct engine *engine;
	int ret;

	engine = kzalloc(sizeof(*engine), GFP_KERNEL);
	if (!engine)
		return -ENOMEM;
	kref_init(&engine->ref);
	mutex_init(&engine->lock);
	engine->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(engine->base)) {
		ret = PTR_ERR(engine->base);
		goto err_put;
	}
	engine->misc.minor = MISC_DYNAMIC_MINOR;
	engine->misc.name = "engine";
	engine->misc.fops = &engine_fops;
	engine->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, engine);
	ret = misc_register(&engine->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&engine->ref, engine_free);
	return ret;
}

static void engine_remove(struct platform_device *pdev)
{
	struct engine *engine = platform_get_drvdata(pdev);

	misc_deregister(&engine->misc);
	mutex_lock(&engine->lock);
	engine->state = ENGINE_DEAD;
	mutex_unlock(&engine->lock);
	kref_put(&engine->ref, engine_free);
}

static struct platform_driver engine_driver = {
	.probe = engine_probe,
	.remove = engine_remove,
	.driver = {
		.name = "engine",
	},
};
module_platform_driver(engine_driver);

MODULE_DESCRIPTION("engine");
MODULE_LICENSE("GPL");
