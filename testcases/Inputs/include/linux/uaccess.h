/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_UACCESS_H
#define SIM_LINUX_UACCESS_H

#include <linux/kernel.h>
#include <linux/types.h>

unsigned long __must_check _copy_from_user(void *to, const void __user *from,
					   unsigned long n);
unsigned long __must_check _copy_to_user(void __user *to, const void *from,
					 unsigned long n);
void __check_object_size(const void *ptr, unsigned long n, bool to_user);
void copy_overflow(int size, unsigned long count);
void __might_fault(const char *file, int line);

static __always_inline __must_check bool
check_copy_size(const void *addr, size_t bytes, bool is_source)
{
	int sz = __builtin_object_size(addr, 0);

	if (unlikely(sz >= 0 && sz < bytes)) {
		if (!__builtin_constant_p(bytes))
			copy_overflow(sz, bytes);
		return false;
	}
	__check_object_size(addr, bytes, is_source);
	return true;
}

static __always_inline unsigned long __must_check
copy_from_user(void *to, const void __user *from, unsigned long n)
{
	if (!check_copy_size(to, n, false))
		return n;
	return _copy_from_user(to, from, n);
}

static __always_inline unsigned long __must_check
copy_to_user(void __user *to, const void *from, unsigned long n)
{
	if (!check_copy_size(from, n, true))
		return n;
	return _copy_to_user(to, from, n);
}

/* The real ones are one asm call each; so are these. */
#define put_user(x, ptr) ({						\
	__might_fault(__FILE__, __LINE__);				\
	({								\
		int __ret_pu;						\
		void *__ptr_pu = (ptr);					\
		register __typeof__(*(ptr)) __val_pu asm("%rax") = (x);	\
		asm volatile("call __put_user_%c[size]"			\
			     : "=c" (__ret_pu)				\
			     : "0" (__ptr_pu), "r" (__val_pu),		\
			       [size] "i" (sizeof(*(ptr)))		\
			     : "ebx");					\
		__builtin_expect(__ret_pu, 0);				\
	});								\
})

#define get_user(x, ptr) ({						\
	__might_fault(__FILE__, __LINE__);				\
	({								\
		int __ret_gu;						\
		register unsigned long __val_gu asm("%rdx");		\
		asm volatile("call __get_user_%c[size]"			\
			     : "=a" (__ret_gu), "=r" (__val_gu)		\
			     : "0" (ptr), [size] "i" (sizeof(*(ptr))));	\
		(x) = (__typeof__(*(ptr)))__val_gu;			\
		__builtin_expect(__ret_gu, 0);				\
	});								\
})

#endif
