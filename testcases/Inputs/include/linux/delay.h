/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_DELAY_H
#define SIM_LINUX_DELAY_H

void msleep(unsigned int msecs);
void usleep_range_state(unsigned long min, unsigned long max, unsigned int state);
#define usleep_range(min, max) usleep_range_state(min, max, 2)
void __udelay(unsigned long usecs);
#define udelay(n) __udelay(n)

#endif
