/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_STDDEF_H
#define SIM_LINUX_STDDEF_H

#undef NULL
#define NULL ((void *)0)

enum { false = 0, true = 1 };

#undef offsetof
#define offsetof(type, member) __builtin_offsetof(type, member)
#define typeof_member(type, member) typeof(((type *)0)->member)

#endif
