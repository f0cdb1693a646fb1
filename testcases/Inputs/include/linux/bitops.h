/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_BITOPS_H
#define SIM_LINUX_BITOPS_H

#include <linux/kernel.h>

#define BITS_PER_LONG 64
#define BIT_MASK(nr) (1UL << ((nr) % BITS_PER_LONG))
#define BIT_WORD(nr) ((nr) / BITS_PER_LONG)
#define DECLARE_BITMAP(name, bits) \
	unsigned long name[((bits) + BITS_PER_LONG - 1) / BITS_PER_LONG]

void kasan_check_access(const volatile void *p, unsigned int size, bool write);

static __always_inline void arch_set_bit(long nr, volatile unsigned long *addr)
{
	asm volatile("lock; btsq %1, %0"
		     : : "m" (*(volatile long *)addr), "Ir" (nr) : "memory");
}

static __always_inline void arch_clear_bit(long nr, volatile unsigned long *addr)
{
	asm volatile("lock; btrq %1, %0"
		     : : "m" (*(volatile long *)addr), "Ir" (nr) : "memory");
}

static __always_inline bool arch_test_and_set_bit(long nr,
						  volatile unsigned long *addr)
{
	bool old;

	asm volatile("lock; btsq %2, %1"
		     : "=@ccc" (old)
		     : "m" (*(volatile long *)addr), "Ir" (nr) : "memory");
	return old;
}

static __always_inline void set_bit(long nr, volatile unsigned long *addr)
{
	kasan_check_access(addr + BIT_WORD(nr), sizeof(long), true);
	arch_set_bit(nr, addr);
}

static __always_inline void clear_bit(long nr, volatile unsigned long *addr)
{
	kasan_check_access(addr + BIT_WORD(nr), sizeof(long), true);
	arch_clear_bit(nr, addr);
}

static __always_inline bool test_and_set_bit(long nr,
					     volatile unsigned long *addr)
{
	kasan_check_access(addr + BIT_WORD(nr), sizeof(long), true);
	return arch_test_and_set_bit(nr, addr);
}

bool test_and_clear_bit(long nr, volatile unsigned long *addr);

static __always_inline bool const_test_bit(unsigned long nr,
					   const volatile unsigned long *addr)
{
	const unsigned long *p = (const unsigned long *)addr + BIT_WORD(nr);

	return !!(*p & BIT_MASK(nr));
}

static __always_inline bool arch_test_bit(unsigned long nr,
					  const volatile unsigned long *addr)
{
	bool old;

	asm volatile("btq %2, %1"
		     : "=@ccc" (old)
		     : "m" (*(unsigned long *)addr), "Ir" (nr) : "memory");
	return old;
}

static __always_inline bool _test_bit(unsigned long nr,
				      const volatile unsigned long *addr)
{
	kasan_check_access(addr + BIT_WORD(nr), sizeof(long), false);
	return arch_test_bit(nr, addr);
}

#define test_bit(nr, addr)						\
	((__builtin_constant_p(nr) &&					\
	  __builtin_constant_p((uintptr_t)(addr) != (uintptr_t)NULL) &&	\
	  (uintptr_t)(addr) != (uintptr_t)NULL &&			\
	  __builtin_constant_p(*(const unsigned long *)(addr)))		\
	 ? const_test_bit(nr, addr) : _test_bit(nr, addr))

#endif
