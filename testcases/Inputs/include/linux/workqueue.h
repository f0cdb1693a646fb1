/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_WORKQUEUE_H
#define SIM_LINUX_WORKQUEUE_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/timer.h>

struct workqueue_struct;
struct work_struct;
typedef void (*work_func_t)(struct work_struct *work);

struct work_struct {
	atomic_long_t data;
	struct list_head entry;
	work_func_t func;
};

struct delayed_work {
	struct work_struct work;
	struct timer_list timer;
	struct workqueue_struct *wq;
	int cpu;
};

extern struct workqueue_struct *system_wq;
void __init_work(struct work_struct *work, int onstack);
#define INIT_WORK(w, fn) do {			\
	__init_work((w), 0);			\
	INIT_LIST_HEAD(&(w)->entry);		\
	(w)->func = (fn);			\
} while (0)
#define INIT_DELAYED_WORK(w, fn) do {					\
	INIT_WORK(&(w)->work, (fn));					\
	timer_setup(&(w)->timer, delayed_work_timer_fn, 0);		\
} while (0)
void delayed_work_timer_fn(struct timer_list *t);
bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *w);
bool cancel_work_sync(struct work_struct *w);
bool disable_work_sync(struct work_struct *w);
bool flush_work(struct work_struct *w);
bool queue_delayed_work_on(int cpu, struct workqueue_struct *wq,
			   struct delayed_work *w, unsigned long delay);
bool cancel_delayed_work(struct delayed_work *w);
bool cancel_delayed_work_sync(struct delayed_work *w);
struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags,
					 int max_active, ...);
void destroy_workqueue(struct workqueue_struct *wq);

static inline bool queue_work(struct workqueue_struct *wq, struct work_struct *w)
{
	return queue_work_on(64, wq, w);
}

static inline bool schedule_delayed_work(struct delayed_work *w,
					 unsigned long delay)
{
	return queue_delayed_work_on(64, system_wq, w, delay);
}

static inline bool schedule_work(struct work_struct *w)
{
	return queue_work(system_wq, w);
}

#endif
