/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_ATOMIC_H
#define SIM_LINUX_ATOMIC_H

#include <linux/types.h>

#define ATOMIC_INIT(i) { (i) }

static __always_inline int raw_atomic_read(const atomic_t *v)
{
	return __READ_ONCE(v->counter);
}

static __always_inline int atomic_read(const atomic_t *v)
{
	return raw_atomic_read(v);
}

static __always_inline void atomic_set(atomic_t *v, int i)
{
	__WRITE_ONCE(v->counter, i);
}

static __always_inline void atomic_inc(atomic_t *v)
{
	asm volatile("lock; incl %0" : "+m" (v->counter) : : "memory");
}

static __always_inline void atomic_dec(atomic_t *v)
{
	asm volatile("lock; decl %0" : "+m" (v->counter) : : "memory");
}

static __always_inline bool atomic_dec_and_test(atomic_t *v)
{
	bool zero;

	asm volatile("lock; decl %0" : "+m" (v->counter), "=@cce" (zero)
		     : : "memory");
	return zero;
}

static __always_inline int atomic_inc_return(atomic_t *v)
{
	int i = 1;

	asm volatile("lock; xaddl %0, %1"
		     : "+r" (i), "+m" (v->counter) : : "memory");
	return i + 1;
}

static __always_inline bool atomic_try_cmpxchg(atomic_t *v, int *old, int new)
{
	bool done;
	int prev = *old;

	asm volatile("lock; cmpxchgl %3, %1"
		     : "=@cce" (done), "+m" (v->counter), "+a" (prev)
		     : "r" (new) : "memory");
	if (unlikely(!done))
		*old = prev;
	return done;
}

static __always_inline int atomic_cmpxchg(atomic_t *v, int old, int new)
{
	atomic_try_cmpxchg(v, &old, new);
	return old;
}

static __always_inline bool atomic_add_unless(atomic_t *v, int a, int u)
{
	int c = atomic_read(v);

	do {
		if (unlikely(c == u))
			return false;
	} while (!atomic_try_cmpxchg(v, &c, c + a));
	return true;
}

static __always_inline bool atomic_inc_not_zero(atomic_t *v)
{
	return atomic_add_unless(v, 1, 0);
}

static __always_inline bool atomic_inc_unless_negative(atomic_t *v)
{
	int c = atomic_read(v);

	do {
		if (unlikely(c < 0))
			return false;
	} while (!atomic_try_cmpxchg(v, &c, c + 1));
	return true;
}

#endif
