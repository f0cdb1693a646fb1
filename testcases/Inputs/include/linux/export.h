/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_EXPORT_H
#define SIM_LINUX_EXPORT_H

#include <linux/compiler.h>

/* An exported symbol is seen as a redeclaration and an address that is kept. */
#define ___EXPORT_SYMBOL(sym, license)					\
	extern typeof(sym) sym;						\
	static void *__used __section(".discard.addressable")		\
		__UNIQUE_ID(__addressable_##sym) = (void *)(uintptr_t)&sym; \
	asm(".section \".export_symbol\",\"a\" ; __export_symbol_" #sym	\
	    ": ; .asciz \"" license "\" ; .balign 8 ; .quad " #sym " ; .previous")
#define EXPORT_SYMBOL(sym) ___EXPORT_SYMBOL(sym, "")
#define EXPORT_SYMBOL_GPL(sym) ___EXPORT_SYMBOL(sym, "GPL")
#define EXPORT_SYMBOL_NS_GPL(sym, ns) ___EXPORT_SYMBOL(sym, "GPL")

#endif
