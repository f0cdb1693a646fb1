/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_SYSFS_H
#define SIM_LINUX_SYSFS_H

#include <linux/kobject.h>

int sysfs_emit(char *buf, const char *fmt, ...) __printf(2, 3);

#define __ATTR(n, m, s, st) {				\
	.attr = { .name = #n, .mode = m },		\
	.show = s,					\
	.store = st,					\
}
#define __ATTR_RO(n) { .attr = { .name = #n, .mode = 0444 }, .show = n##_show }
#define __ATTR_RW(n) __ATTR(n, 0644, n##_show, n##_store)
#define ATTRIBUTE_GROUPS(n)						\
static const struct attribute_group n##_group = { .attrs = n##_attrs };	\
static const struct attribute_group *n##_groups[] = { &n##_group, NULL }

#endif
