/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What user space sees of the reference driver. */
#ifndef FENCED_H
#define FENCED_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define FENCED_IOC_ID		_IOR('f', 0x60, __u32)	/* reads the identification register */
#define FENCED_IOC_START	_IO('f', 0x61)		/* begins to sample, once a tick */
#define FENCED_IOC_STOP		_IO('f', 0x62)
#define FENCED_IOC_KICK		_IO('f', 0x63)		/* raises the interrupt once, by software */
#define FENCED_IOC_WAIT		_IOR('f', 0x64, __u32)	/* sleeps until the next interrupt */

/* What read() returns, whole records only. */
struct fenced_sample {
	__u32 count;
	__u32 value;
};

#endif
