/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_WAIT_H
#define SIM_LINUX_WAIT_H

#include <linux/list.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

typedef struct wait_queue_entry {
	unsigned int flags;
	void *private;
	struct list_head entry;
} wait_queue_entry_t;

struct wait_queue_head {
	spinlock_t lock;
	struct list_head head;
};
typedef struct wait_queue_head wait_queue_head_t;

#define DECLARE_WAIT_QUEUE_HEAD(name) struct wait_queue_head name = {	\
	.head = { &(name).head, &(name).head },				\
}

void __init_waitqueue_head(struct wait_queue_head *wq, const char *name,
			   struct lock_class_key *key);
#define init_waitqueue_head(wq) do {				\
	static struct lock_class_key __key;			\
	__init_waitqueue_head((wq), #wq, &__key);		\
} while (0)

void init_wait_entry(struct wait_queue_entry *wqe, int flags);
long prepare_to_wait_event(struct wait_queue_head *wq,
			   struct wait_queue_entry *wqe, int state);
void finish_wait(struct wait_queue_head *wq, struct wait_queue_entry *wqe);
int __wake_up(struct wait_queue_head *wq, unsigned int mode, int nr, void *key);
#define wake_up(x) __wake_up(x, TASK_NORMAL, 1, NULL)
#define wake_up_all(x) __wake_up(x, TASK_NORMAL, 0, NULL)
#define wake_up_interruptible(x) __wake_up(x, TASK_INTERRUPTIBLE, 1, NULL)
#define wake_up_interruptible_all(x) __wake_up(x, TASK_INTERRUPTIBLE, 0, NULL)

#define ___wait_is_interruptible(state)			\
	(!__builtin_constant_p(state) ||		\
	 (state & (TASK_INTERRUPTIBLE | TASK_WAKEKILL)))

#define ___wait_event(wq, condition, state, exclusive, ret, cmd) ({	\
	__label__ __out;						\
	struct wait_queue_entry __wq_entry;				\
	long __ret = ret;						\
	init_wait_entry(&__wq_entry, exclusive ? 1 : 0);		\
	for (;;) {							\
		long __int = prepare_to_wait_event(&wq, &__wq_entry, state); \
		if (condition)						\
			break;						\
		if (___wait_is_interruptible(state) && __int) {		\
			__ret = __int;					\
			goto __out;					\
		}							\
		cmd;							\
	}								\
	finish_wait(&wq, &__wq_entry);					\
__out:	__ret;								\
})

#define wait_event(wq, condition) do {					\
	might_sleep();							\
	if (condition)							\
		break;							\
	(void)___wait_event(wq, condition, TASK_UNINTERRUPTIBLE, 0, 0,	\
			    schedule());				\
} while (0)

#define wait_event_interruptible(wq, condition) ({			\
	int __ret = 0;							\
	might_sleep();							\
	if (!(condition))						\
		__ret = ___wait_event(wq, condition, TASK_INTERRUPTIBLE, \
				      0, 0, schedule());		\
	__ret;								\
})

#define ___wait_cond_timeout(condition) ({				\
	bool __cond = (condition);					\
	if (__cond && !__ret)						\
		__ret = 1;						\
	__cond || !__ret;						\
})
#define wait_event_timeout(wq, condition, timeout) ({			\
	long __ret = timeout;						\
	might_sleep();							\
	if (!___wait_cond_timeout(condition))				\
		__ret = ___wait_event(wq, ___wait_cond_timeout(condition), \
				      TASK_UNINTERRUPTIBLE, 0, timeout,	\
				      __ret = schedule_timeout(__ret));	\
	__ret;								\
})
#define wait_event_interruptible_timeout(wq, condition, timeout) ({	\
	long __ret = timeout;						\
	might_sleep();							\
	if (!___wait_cond_timeout(condition))				\
		__ret = ___wait_event(wq, ___wait_cond_timeout(condition), \
				      TASK_INTERRUPTIBLE, 0, timeout,	\
				      __ret = schedule_timeout(__ret));	\
	__ret;								\
})

static inline void __remove_wait_queue(struct wait_queue_head *wq,
				       struct wait_queue_entry *wqe)
{
	list_del(&wqe->entry);
}
int do_wait_intr(wait_queue_head_t *wq, wait_queue_entry_t *wait);
#define DEFINE_WAIT(name) struct wait_queue_entry name = {	\
	.private = current,					\
	.entry = { &(name).entry, &(name).entry },		\
}
#define __wait_event_interruptible_locked(wq, condition, exclusive, fn) ({ \
	int __ret;							\
	DEFINE_WAIT(__wait);						\
	if (exclusive)							\
		__wait.flags |= 1;					\
	do {								\
		__ret = fn(&(wq), &__wait);				\
		if (__ret)						\
			break;						\
	} while (!(condition));						\
	__remove_wait_queue(&(wq), &__wait);				\
	__ret;								\
})
#define wait_event_interruptible_locked(wq, condition)			\
	((condition) ? 0 :						\
	 __wait_event_interruptible_locked(wq, condition, 0, do_wait_intr))

#endif
