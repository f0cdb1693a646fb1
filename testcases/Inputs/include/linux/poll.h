/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_POLL_H
#define SIM_LINUX_POLL_H

#include <linux/fs.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define EPOLLIN ((__force __poll_t)0x1)
#define EPOLLOUT ((__force __poll_t)0x4)
#define EPOLLERR ((__force __poll_t)0x8)
#define EPOLLHUP ((__force __poll_t)0x10)
#define EPOLLRDNORM ((__force __poll_t)0x40)

struct poll_table_struct;
typedef void (*poll_queue_proc)(struct file *, wait_queue_head_t *,
				struct poll_table_struct *);

typedef struct poll_table_struct {
	poll_queue_proc _qproc;
	__poll_t _key;
} poll_table;

static inline void poll_wait(struct file *file, wait_queue_head_t *wq,
			     poll_table *p)
{
	if (p && p->_qproc && wq) {
		p->_qproc(file, wq, p);
		smp_mb();
	}
}

#endif
