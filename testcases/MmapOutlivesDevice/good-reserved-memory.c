// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// Memory that is reserved stays reserved: it is nobody else's when the driver has gone.

#include <linux/fs.h>
#include <linux/ioport.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

/* Looks the memory up that the device tree keeps for this device. */
int of_reserved_memory(struct platform_device *pdev, struct resource *memory);

struct video {
	struct kref ref;
	struct miscdevice misc;
	struct mutex lock;
	phys_addr_t base;
	struct address_space *mapping;
	bool gone;
};

static void video_free(struct kref *ref)
{
	kfree(container_of(ref, struct video, ref));
}

static int video_open(struct inode *inode, struct file *file)
{
	struct video *video = container_of(file->private_data, struct video, misc);

	kref_get(&video->ref);
	file->private_data = video;
	video->mapping = file->f_mapping;
	return 0;
}

static int video_release(struct inode *inode, struct file *file)
{
	struct video *video = file->private_data;

	kref_put(&video->ref, video_free);
	return 0;
}

static int video_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct video *video = file->private_data;

	return remap_pfn_range(vma, vma->vm_start, video->base >> PAGE_SHIFT,
			       vma->vm_end - vma->vm_start, vma->vm_page_prot);
}

static const struct file_operations video_fops = {
	.owner = THIS_MODULE,
	.open = video_open,
	.release = video_release,
	.mmap = video_mmap,
};

static int video_probe(struct platform_device *pdev)
{
	struct resource memory;
	struct video *video;
	int ret = -ENXIO;

	video = kzalloc(sizeof(*video), GFP_KERNEL);
	if (!video)
		return -ENOMEM;
	kref_init(&video->ref);
	mutex_init(&video->lock);
	if (of_reserved_memory(pdev, &memory))
		goto err_put;
	video->base = memory.start;
	video->misc.minor = MISC_DYNAMIC_MINOR;
	video->misc.name = "video";
	video->misc.fops = &video_fops;
	video->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, video);
	ret = misc_register(&video->misc);
	if (ret)
		goto err_put;
	return 0;

err_put:
	kref_put(&video->ref, video_free);
	return ret;
}

static void video_remove(struct platform_device *pdev)
{
	struct video *video = platform_get_drvdata(pdev);

	misc_deregister(&video->misc);
	mutex_lock(&video->lock);
	video->gone = true;
	mutex_unlock(&video->lock);
	kref_put(&video->ref, video_free);
}

static struct platform_driver video_driver = {
	.probe = video_probe,
	.remove = video_remove,
	.driver = {
		.name = "video",
	},
};
module_platform_driver(video_driver);

MODULE_DESCRIPTION("video");
MODULE_LICENSE("GPL");
