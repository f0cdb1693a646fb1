/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the kernel's forced includes and linux/compiler.h give a driver. */
#ifndef SIM_LINUX_COMPILER_H
#define SIM_LINUX_COMPILER_H

/* Without sparse the address-space annotations expand to nothing. */
#define __user
#define __iomem
#define __percpu
#define __rcu
#define __kernel
#define __force
#define __bitwise
#define __must_hold(x)
#define __acquires(x)
#define __releases(x)

#define inline inline __attribute__((__gnu_inline__)) \
	__attribute__((__unused__)) __attribute__((no_instrument_function))
#define __always_inline inline __attribute__((__always_inline__))
#define noinline __attribute__((__noinline__))
#define __must_check __attribute__((__warn_unused_result__))
#define __maybe_unused __attribute__((__unused__))
#define __always_unused __attribute__((__unused__))
#define __used __attribute__((__used__))
#define __packed __attribute__((__packed__))
#define __cold __attribute__((__cold__))
#define __malloc __attribute__((__malloc__))
#define __printf(a, b) __attribute__((__format__(printf, a, b)))
#define __section(s) __attribute__((__section__(s)))
#define __cleanup(fn) __attribute__((__cleanup__(fn)))
#define __counted_by(n)
#define fallthrough __attribute__((__fallthrough__))

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define barrier() __asm__ __volatile__("" : : : "memory")
#define smp_mb() barrier()
#define smp_rmb() barrier()
#define smp_wmb() barrier()

#define ___PASTE(a, b) a##b
#define __PASTE(a, b) ___PASTE(a, b)
#define __UNIQUE_ID(prefix) \
	__PASTE(__PASTE(__UNIQUE_ID_, prefix), __COUNTER__)

#define static_assert(e, ...) _Static_assert(e, #e)
#define BUILD_BUG_ON(c) do { } while (0)
#define __same_type(a, b) \
	__builtin_types_compatible_p(typeof(a), typeof(b))

/* The scalar type without its qualifiers, as READ_ONCE() needs it. */
#define __unqual_scalar_typeof(x) typeof(			\
	_Generic((x),						\
		 char: (char)0,					\
		 unsigned char: (unsigned char)0,		\
		 signed char: (signed char)0,			\
		 unsigned short: (unsigned short)0,		\
		 signed short: (signed short)0,			\
		 unsigned int: (unsigned int)0,			\
		 signed int: (signed int)0,			\
		 unsigned long: (unsigned long)0,		\
		 signed long: (signed long)0,			\
		 unsigned long long: (unsigned long long)0,	\
		 signed long long: (signed long long)0,		\
		 default: (x)))

#define compiletime_assert_rwonce_type(t) do { } while (0)
#define __READ_ONCE(x) (*(const volatile __unqual_scalar_typeof(x) *)&(x))
#define READ_ONCE(x) ({ compiletime_assert_rwonce_type(x); __READ_ONCE(x); })
#define __WRITE_ONCE(x, v) do {			\
	*(volatile typeof(x) *)&(x) = (v);	\
} while (0)
#define WRITE_ONCE(x, v) do {			\
	compiletime_assert_rwonce_type(x);	\
	__WRITE_ONCE(x, v);			\
} while (0)
#define smp_load_acquire(p) ({			\
	typeof(*p) ___v = READ_ONCE(*p);	\
	barrier();				\
	___v;					\
})
#define smp_store_release(p, v) do {		\
	barrier();				\
	WRITE_ONCE(*p, v);			\
} while (0)

#endif
