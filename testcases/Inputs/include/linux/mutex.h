/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_MUTEX_H
#define SIM_LINUX_MUTEX_H

#include <linux/cleanup.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>

struct mutex {
	atomic_long_t owner;
	raw_spinlock_t wait_lock;
	struct list_head wait_list;
	void *magic;
	struct lockdep_map dep_map;
};

#define __MUTEX_INITIALIZER(m) {				\
	.owner = { 0 },						\
	.wait_list = { &(m).wait_list, &(m).wait_list },	\
	.magic = &m,						\
	.dep_map = { .name = #m },				\
}
#define DEFINE_MUTEX(m) struct mutex m = __MUTEX_INITIALIZER(m)

void __mutex_init(struct mutex *lock, const char *name,
		  struct lock_class_key *key);
#define mutex_init(m) do {				\
	static struct lock_class_key __key;		\
	__mutex_init((m), #m, &__key);			\
} while (0)
void mutex_destroy(struct mutex *lock);

/* With lockdep the plain names are macros for the nested ones. */
void mutex_lock_nested(struct mutex *lock, unsigned int subclass);
int __must_check mutex_lock_interruptible_nested(struct mutex *lock,
						 unsigned int subclass);
int __must_check mutex_lock_killable_nested(struct mutex *lock,
					    unsigned int subclass);
#define mutex_lock(l) mutex_lock_nested(l, 0)
#define mutex_lock_interruptible(l) mutex_lock_interruptible_nested(l, 0)
#define mutex_lock_killable(l) mutex_lock_killable_nested(l, 0)

int mutex_trylock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);
bool mutex_is_locked(struct mutex *lock);

DEFINE_GUARD(mutex, struct mutex *, mutex_lock(_T), mutex_unlock(_T))
DEFINE_GUARD_COND(mutex, _try, mutex_trylock(_T))
DEFINE_GUARD_COND(mutex, _intr, mutex_lock_interruptible(_T) == 0)

#endif
