/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_RCUPDATE_H
#define SIM_LINUX_RCUPDATE_H

#include <linux/cleanup.h>
#include <linux/lockdep.h>

extern struct lockdep_map rcu_lock_map;
void __rcu_read_lock(void);
void __rcu_read_unlock(void);
void lock_acquire(struct lockdep_map *map, unsigned int subclass, int trylock,
		  int read, int check, struct lockdep_map *nest,
		  unsigned long ip);
void lock_release(struct lockdep_map *map, unsigned long ip);
int debug_lockdep_rcu_enabled(void);
bool rcu_is_watching(void);
int rcu_read_lock_held(void);
void lockdep_rcu_suspicious(const char *file, const int line, const char *s);
void synchronize_rcu(void);

#define RCU_LOCKDEP_WARN(c, s) do {					\
	static bool __section(".data..unlikely") __warned;		\
	if (debug_lockdep_rcu_enabled() && (c) &&			\
	    debug_lockdep_rcu_enabled() && !__warned) {			\
		__warned = true;					\
		lockdep_rcu_suspicious(__FILE__, __LINE__, s);		\
	}								\
} while (0)

static inline void rcu_lock_acquire(struct lockdep_map *map)
{
	lock_acquire(map, 0, 0, 2, 0, NULL, 0);
}

static inline void rcu_lock_release(struct lockdep_map *map)
{
	lock_release(map, 0);
}

static __always_inline void rcu_read_lock(void)
{
	__rcu_read_lock();
	rcu_lock_acquire(&rcu_lock_map);
	RCU_LOCKDEP_WARN(!rcu_is_watching(), "rcu_read_lock() while idle");
}

static inline void rcu_read_unlock(void)
{
	RCU_LOCKDEP_WARN(!rcu_is_watching(), "rcu_read_unlock() while idle");
	rcu_lock_release(&rcu_lock_map);
	__rcu_read_unlock();
}

#define __rcu_dereference_check(p, local, c) ({				\
	typeof(*(p)) *local = (typeof(*(p)) *)READ_ONCE(p);		\
	RCU_LOCKDEP_WARN(!(c), "suspicious rcu_dereference_check() usage"); \
	((typeof(*(p)) *)(local));					\
})
#define rcu_dereference_check(p, c) \
	__rcu_dereference_check((p), __UNIQUE_ID(rcu), (c) || rcu_read_lock_held())
#define rcu_dereference(p) rcu_dereference_check(p, 0)
#define __rcu_dereference_protected(p, local, c) ({			\
	RCU_LOCKDEP_WARN(!(c), "suspicious rcu_dereference_protected() usage"); \
	((typeof(*(p)) *)(p));						\
})
#define rcu_dereference_protected(p, c) \
	__rcu_dereference_protected((p), __UNIQUE_ID(rcu), (c))
#define rcu_access_pointer(p) ((typeof(*(p)) *)READ_ONCE(p))
#define RCU_INIT_POINTER(p, v) WRITE_ONCE(p, (typeof(*(p)) *)(v))
#define rcu_assign_pointer(p, v) do {					\
	uintptr_t _r_a_p__v = (uintptr_t)(v);				\
	if (__builtin_constant_p(v) && (_r_a_p__v) == (uintptr_t)NULL)	\
		WRITE_ONCE((p), (typeof(p))(_r_a_p__v));		\
	else								\
		smp_store_release(&p, (typeof(*((typeof(p))_r_a_p__v)) *) \
				  ((typeof(p))_r_a_p__v));		\
} while (0)
#define rcu_replace_pointer(p, v, c) ({					\
	typeof(p) __tmp = rcu_dereference_protected((p), (c));		\
	rcu_assign_pointer((p), (v));					\
	__tmp;								\
})

void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));
void kvfree_call_rcu(struct rcu_head *head, void *ptr);
#define kfree_rcu(ptr, field) do {					\
	typeof(ptr) ___p = (ptr);					\
	if (___p)							\
		kvfree_call_rcu(&___p->field, (void *)___p);		\
} while (0)

DEFINE_LOCK_GUARD_0(rcu, do { rcu_read_lock(); } while (0), rcu_read_unlock())

#endif
