/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_KTIME_H
#define SIM_LINUX_KTIME_H

#include <linux/types.h>

typedef s64 ktime_t;
ktime_t ktime_get(void);

static inline ktime_t ktime_add_us(const ktime_t t, const u64 usec)
{
	return t + usec * 1000;
}

static inline int ktime_compare(const ktime_t a, const ktime_t b)
{
	return a < b ? -1 : a > b;
}

#endif
