/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_LOCKDEP_H
#define SIM_LINUX_LOCKDEP_H

#include <linux/bug.h>
#include <linux/types.h>

struct lock_class_key {
	unsigned long key;
};

struct lockdep_map {
	struct lock_class_key *key;
	const char *name;
};

int lock_is_held_type(const struct lockdep_map *lock, int read);
#define lock_is_held(l) lock_is_held_type((l), -1)
#define lockdep_is_held(l) lock_is_held(&(l)->dep_map)
#define lockdep_assert_held(l) \
	do { WARN_ON(!lockdep_is_held(l)); __asm__ __volatile__(""); } while (0)

#endif
