/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_BUG_H
#define SIM_LINUX_BUG_H

#include <linux/types.h>

void __warn_trap(void);
#define WARN_ON(cond) ({			\
	int __ret_warn_on = !!(cond);		\
	if (unlikely(__ret_warn_on))		\
		__warn_trap();			\
	unlikely(__ret_warn_on);		\
})
#define WARN_ON_ONCE(cond) WARN_ON(cond)
#define BUG() do { __builtin_trap(); __builtin_unreachable(); } while (0)
#define BUG_ON(cond) do { if (unlikely(cond)) BUG(); } while (0)

#endif
