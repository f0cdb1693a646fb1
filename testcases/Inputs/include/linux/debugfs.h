/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_DEBUGFS_H
#define SIM_LINUX_DEBUGFS_H

#include <linux/fs.h>
#include <linux/seq_file.h>

struct dentry;

struct dentry *debugfs_create_dir(const char *name, struct dentry *parent);
struct dentry *debugfs_create_file(const char *name, umode_t mode,
				   struct dentry *parent, void *data,
				   const struct file_operations *fops);
struct dentry *debugfs_create_file_unsafe(const char *name, umode_t mode,
					  struct dentry *parent, void *data,
					  const struct file_operations *fops);
void debugfs_remove(struct dentry *dentry);
#define debugfs_remove_recursive debugfs_remove
int debugfs_file_get(struct dentry *dentry);
void debugfs_file_put(struct dentry *dentry);

ssize_t debugfs_attr_read(struct file *file, char __user *buf, size_t len,
			  loff_t *pos);
ssize_t debugfs_attr_write(struct file *file, const char __user *buf, size_t len,
			   loff_t *pos);

#define DEFINE_DEBUGFS_ATTRIBUTE(name, get, set, fmt)			\
static int name##_open(struct inode *inode, struct file *file)		\
{									\
	return simple_attr_open(inode, file, get, set, fmt);		\
}									\
static const struct file_operations name = {				\
	.owner = THIS_MODULE,						\
	.open = name##_open,						\
	.release = simple_attr_release,					\
	.read = debugfs_attr_read,					\
	.write = debugfs_attr_write,					\
}

#endif
