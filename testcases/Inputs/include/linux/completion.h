/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_COMPLETION_H
#define SIM_LINUX_COMPLETION_H

#include <linux/spinlock.h>

struct swait_queue_head {
	raw_spinlock_t lock;
	struct list_head task_list;
};

struct completion {
	unsigned int done;
	struct swait_queue_head wait;
};

void __init_swait_queue_head(struct swait_queue_head *q, const char *name,
			     struct lock_class_key *key);

#define DECLARE_COMPLETION(x) struct completion x = { 0 }

static inline void init_completion(struct completion *x)
{
	static struct lock_class_key __key;

	x->done = 0;
	__init_swait_queue_head(&x->wait, "&x->wait", &__key);
}

static inline void reinit_completion(struct completion *x)
{
	x->done = 0;
}

void complete(struct completion *x);
void complete_all(struct completion *x);
void wait_for_completion(struct completion *x);
int wait_for_completion_interruptible(struct completion *x);
unsigned long wait_for_completion_timeout(struct completion *x,
					  unsigned long timeout);
long wait_for_completion_interruptible_timeout(struct completion *x,
					       unsigned long timeout);

#endif
