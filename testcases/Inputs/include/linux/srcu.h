/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_SRCU_H
#define SIM_LINUX_SRCU_H

#include <linux/rcupdate.h>

struct srcu_struct {
	unsigned int srcu_idx;
	struct lockdep_map dep_map;
};

int __init_srcu_struct(struct srcu_struct *ssp, const char *name,
		       struct lock_class_key *key);
#define init_srcu_struct(ssp) ({				\
	static struct lock_class_key __srcu_key;		\
	__init_srcu_struct((ssp), #ssp, &__srcu_key);		\
})
#define DEFINE_SRCU(name) struct srcu_struct name = { .srcu_idx = 0 }
#define DEFINE_STATIC_SRCU(name) static DEFINE_SRCU(name)
void cleanup_srcu_struct(struct srcu_struct *ssp);
int __srcu_read_lock(struct srcu_struct *ssp);
void __srcu_read_unlock(struct srcu_struct *ssp, int idx);
void synchronize_srcu(struct srcu_struct *ssp);
void synchronize_srcu_expedited(struct srcu_struct *ssp);

static inline int srcu_read_lock_held(const struct srcu_struct *ssp)
{
	if (!debug_lockdep_rcu_enabled())
		return 1;
	return lock_is_held(&ssp->dep_map);
}

void srcu_check_nmi_safety(struct srcu_struct *ssp, bool nmi_safe);

static inline int srcu_read_lock(struct srcu_struct *ssp)
{
	int retval;

	srcu_check_nmi_safety(ssp, false);
	retval = __srcu_read_lock(ssp);
	rcu_lock_acquire(&ssp->dep_map);
	return retval;
}

static inline void srcu_read_unlock(struct srcu_struct *ssp, int idx)
{
	WARN_ON_ONCE(idx & ~0x1);
	srcu_check_nmi_safety(ssp, false);
	rcu_lock_release(&ssp->dep_map);
	__srcu_read_unlock(ssp, idx);
}

#define srcu_dereference_check(p, ssp, c) \
	__rcu_dereference_check((p), __UNIQUE_ID(rcu), \
				(c) || srcu_read_lock_held(ssp))
#define srcu_dereference(p, ssp) srcu_dereference_check((p), (ssp), 0)

DEFINE_LOCK_GUARD_1(srcu, struct srcu_struct,
		    _T->idx = srcu_read_lock(_T->lock),
		    srcu_read_unlock(_T->lock, _T->idx),
		    int idx)

#endif
