/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_TIMER_H
#define SIM_LINUX_TIMER_H

#include <linux/container_of.h>
#include <linux/lockdep.h>

struct timer_list {
	struct hlist_node entry;
	unsigned long expires;
	void (*function)(struct timer_list *t);
	u32 flags;
};

void init_timer_key(struct timer_list *timer,
		    void (*func)(struct timer_list *t), unsigned int flags,
		    const char *name, struct lock_class_key *key);
#define timer_setup(timer, callback, flags) do {			\
	static struct lock_class_key __key;				\
	init_timer_key((timer), (callback), (flags), #timer, &__key);	\
} while (0)
#define from_timer(var, callback_timer, field) \
	container_of(callback_timer, typeof(*var), field)
int mod_timer(struct timer_list *timer, unsigned long expires);
void add_timer(struct timer_list *timer);
int timer_delete(struct timer_list *timer);
int timer_delete_sync(struct timer_list *timer);
int timer_shutdown_sync(struct timer_list *timer);

static inline int del_timer_sync(struct timer_list *timer)
{
	return timer_delete_sync(timer);
}

#endif
