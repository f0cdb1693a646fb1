/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_KTHREAD_H
#define SIM_LINUX_KTHREAD_H

#include <linux/sched.h>

int kthread_stop(struct task_struct *k);
bool kthread_should_stop(void);

#endif
