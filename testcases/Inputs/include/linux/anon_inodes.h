/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_ANON_INODES_H
#define SIM_LINUX_ANON_INODES_H

struct file;
struct file_operations;

int anon_inode_getfd(const char *name, const struct file_operations *fops,
		     void *priv, int flags);
struct file *anon_inode_getfile(const char *name,
				const struct file_operations *fops, void *priv,
				int flags);
void fd_install(unsigned int fd, struct file *file);
int get_unused_fd_flags(unsigned int flags);
void put_unused_fd(unsigned int fd);

#endif
