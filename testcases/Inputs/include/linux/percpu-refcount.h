/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_PERCPU_REFCOUNT_H
#define SIM_LINUX_PERCPU_REFCOUNT_H

#include <linux/atomic.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

struct percpu_ref;
typedef void (percpu_ref_func_t)(struct percpu_ref *);

struct percpu_ref_data {
	atomic_t count;
	percpu_ref_func_t *release;
};

struct percpu_ref {
	unsigned long percpu_count_ptr;
	struct percpu_ref_data *data;
};

#define __PERCPU_REF_ATOMIC 1UL
#define __PERCPU_REF_DEAD 2UL

int __must_check percpu_ref_init(struct percpu_ref *ref,
				 percpu_ref_func_t *release,
				 unsigned int flags, gfp_t gfp);
void percpu_ref_exit(struct percpu_ref *ref);
void percpu_ref_kill_and_confirm(struct percpu_ref *ref,
				 percpu_ref_func_t *confirm_kill);
bool __percpu_ref_is_zero(struct percpu_ref *ref);

static inline void percpu_ref_kill(struct percpu_ref *ref)
{
	percpu_ref_kill_and_confirm(ref, NULL);
}

static inline bool __ref_is_percpu(struct percpu_ref *ref,
				   unsigned long **countp)
{
	unsigned long ptr = READ_ONCE(ref->percpu_count_ptr);

	if (unlikely(ptr & (__PERCPU_REF_ATOMIC | __PERCPU_REF_DEAD)))
		return false;
	*countp = (unsigned long *)ptr;
	return true;
}

static inline void percpu_ref_get_many(struct percpu_ref *ref, unsigned long nr)
{
	unsigned long *count;

	rcu_read_lock();
	if (__ref_is_percpu(ref, &count))
		*count += nr;
	else
		atomic_inc(&ref->data->count);
	rcu_read_unlock();
}

static inline void percpu_ref_get(struct percpu_ref *ref)
{
	percpu_ref_get_many(ref, 1);
}

static inline bool percpu_ref_tryget_live_rcu(struct percpu_ref *ref)
{
	unsigned long *count;
	bool ret = false;

	if (likely(__ref_is_percpu(ref, &count))) {
		*count += 1;
		ret = true;
	} else if (!(ref->percpu_count_ptr & __PERCPU_REF_DEAD)) {
		ret = atomic_inc_not_zero(&ref->data->count);
	}
	return ret;
}

static inline bool percpu_ref_tryget_live(struct percpu_ref *ref)
{
	bool ret = false;

	rcu_read_lock();
	ret = percpu_ref_tryget_live_rcu(ref);
	rcu_read_unlock();
	return ret;
}

static inline void percpu_ref_put_many(struct percpu_ref *ref, unsigned long nr)
{
	unsigned long *count;

	rcu_read_lock();
	if (__ref_is_percpu(ref, &count))
		*count -= nr;
	else if (unlikely(atomic_dec_and_test(&ref->data->count)))
		ref->data->release(ref);
	rcu_read_unlock();
}

static inline void percpu_ref_put(struct percpu_ref *ref)
{
	percpu_ref_put_many(ref, 1);
}

#endif
