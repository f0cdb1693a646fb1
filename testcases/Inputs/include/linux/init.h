/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_INIT_H
#define SIM_LINUX_INIT_H

#include <linux/types.h>

#define __init __section(".init.text") __cold
#define __exit __section(".exit.text") __cold
#define __initdata __section(".init.data")

typedef int (*initcall_t)(void);
typedef void (*exitcall_t)(void);

#endif
