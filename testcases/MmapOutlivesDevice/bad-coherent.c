// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
//
// remove() frees the memory, and user space goes on writing to it.

#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct video {
	struct kref ref;
	struct miscdevice misc;
	struct device *dev;
	void *frames;
	dma_addr_t bus;
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

	return dma_mmap_coherent(video->dev, vma, video->frames, video->bus, PAGE_SIZE);
	// expected-warning@-1{{'video_mmap' maps 'frames', which 'video_remove' frees, to user space by 'dma_mmap_}}
}

static const struct file_operations video_fops = {
	.owner = THIS_MODULE,
	.open = video_open,
	.release = video_release,
	.mmap = video_mmap,
};

static int video_probe(struct platform_device *pdev)
{
	struct video *video;
	int ret;

	video = kzalloc(sizeof(*video), GFP_KERNEL);
	if (!video)
		return -ENOMEM;
	kref_init(&video->ref);
	video->dev = &pdev->dev;
	video->frames = dma_alloc_coherent(&pdev->dev, PAGE_SIZE, &video->bus, GFP_KERNEL);
	if (!video->frames) {
		ret = -ENOMEM;
		goto err_put;
	}
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
	dma_free_coherent(&pdev->dev, PAGE_SIZE, video->frames, video->bus);
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
