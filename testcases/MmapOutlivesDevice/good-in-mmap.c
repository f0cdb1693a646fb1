// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %strongfence-cc1 %s
// expected-no-diagnostics
//
// The fault handler maps, when the mapping can be found.

#include <linux/fs.h>
#include <linux/ioport.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct video {
	struct kref ref;
	struct miscdevice misc;
	struct mutex lock;
	struct resource *res;
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

static vm_fault_t video_fault(struct vm_fault *vmf)
{
	struct video *video = vmf->vma->vm_private_data;
	vm_fault_t ret = VM_FAULT_SIGBUS;

	mutex_lock(&video->lock);
	if (!video->gone)
		ret = vmf_insert_pfn(vmf->vma, vmf->address, video->res->start >> PAGE_SHIFT);
	mutex_unlock(&video->lock);
	return ret;
}

static const struct vm_operations_struct video_vm_ops = {
	.fault = video_fault,
};

static int video_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &video_vm_ops;
	return 0;
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
	mutex_init(&video->lock);
	video->res = platform_get_resource(pdev, IORESOURCE_MEM, 0);
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
	unmap_mapping_range(video->mapping, 0, 0, 1);
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
