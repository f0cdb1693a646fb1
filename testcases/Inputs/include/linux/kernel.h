/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_KERNEL_H
#define SIM_LINUX_KERNEL_H

#include <linux/bug.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/printk.h>
#include <linux/types.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BIT(n) (1UL << (n))
#define GENMASK(h, l) ((~0UL << (l)) & (~0UL >> (63 - (h))))
#define U32_MAX ((u32)~0U)
#define min(a, b) ({			\
	typeof(a) __min_a = (a);	\
	typeof(b) __min_b = (b);	\
	__min_a < __min_b ? __min_a : __min_b; })
#define max(a, b) ({			\
	typeof(a) __max_a = (a);	\
	typeof(b) __max_b = (b);	\
	__max_a > __max_b ? __max_a : __max_b; })
#define min_t(t, a, b) min((t)(a), (t)(b))
#define max_t(t, a, b) max((t)(a), (t)(b))

void __might_sleep(const char *file, int line);
void might_resched(void);
#define might_sleep() \
	do { __might_sleep(__FILE__, __LINE__); might_resched(); } while (0)

int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int __must_check kstrtouint(const char *s, unsigned int base, unsigned int *res);
int __must_check kstrtoul(const char *s, unsigned int base, unsigned long *res);

#endif
