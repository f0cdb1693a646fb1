/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_UIO_H
#define SIM_LINUX_UIO_H

#include <linux/types.h>

struct iov_iter {
	u8 iter_type;
	size_t count;
};

size_t copy_to_iter(const void *addr, size_t bytes, struct iov_iter *i);
size_t copy_from_iter(void *addr, size_t bytes, struct iov_iter *i);

#endif
