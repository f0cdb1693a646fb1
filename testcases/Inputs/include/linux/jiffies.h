/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_JIFFIES_H
#define SIM_LINUX_JIFFIES_H

#define HZ 250
extern unsigned long volatile jiffies;
unsigned long __msecs_to_jiffies(const unsigned int m);
#define msecs_to_jiffies(m) __msecs_to_jiffies(m)

#endif
