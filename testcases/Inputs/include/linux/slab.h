/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_SLAB_H
#define SIM_LINUX_SLAB_H

#include <linux/cleanup.h>
#include <linux/gfp.h>
#include <linux/types.h>

struct kmem_cache;
extern struct kmem_cache *kmalloc_caches[4][14];

void *__kmalloc_noprof(size_t size, gfp_t flags) __malloc;
void *__kmalloc_cache_noprof(struct kmem_cache *s, gfp_t flags, size_t size)
	__malloc;
unsigned int __kmalloc_index(size_t size, bool constant);
void kfree(const void *p);
void kvfree(const void *p);
void kfree_sensitive(const void *p);
void *kmemdup_noprof(const void *src, size_t len, gfp_t gfp);

DEFINE_FREE(kfree, void *, if (_T) kfree(_T))

/* Allocation profiling: the public names are macros for the _noprof ones. */
#define alloc_hooks(call) ({			\
	({					\
		typeof(call) _res = call;	\
		_res;				\
	});					\
})

static __always_inline __malloc void *kmalloc_noprof(size_t size, gfp_t flags)
{
	if (__builtin_constant_p(size) && size)
		return __kmalloc_cache_noprof(
			kmalloc_caches[0][__kmalloc_index(size, true)],
			flags, size);
	return __kmalloc_noprof(size, flags);
}

static inline __malloc void *kzalloc_noprof(size_t size, gfp_t flags)
{
	return kmalloc_noprof(size, flags | __GFP_ZERO);
}

static inline __malloc void *kmalloc_array_noprof(size_t n, size_t size,
						  gfp_t flags)
{
	size_t bytes;

	if (unlikely(__builtin_mul_overflow(n, size, &bytes)))
		return NULL;
	return __kmalloc_noprof(bytes, flags);
}

#define kmalloc(...) alloc_hooks(kmalloc_noprof(__VA_ARGS__))
#define kzalloc(...) alloc_hooks(kzalloc_noprof(__VA_ARGS__))
#define kmalloc_array(...) alloc_hooks(kmalloc_array_noprof(__VA_ARGS__))
#define kcalloc(n, size, flags) kmalloc_array(n, size, (flags) | __GFP_ZERO)
#define kmemdup(...) alloc_hooks(kmemdup_noprof(__VA_ARGS__))

#endif
