/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_XARRAY_H
#define SIM_LINUX_XARRAY_H

#include <linux/gfp.h>
#include <linux/spinlock.h>

struct xarray {
	spinlock_t xa_lock;
	gfp_t xa_flags;
	void *xa_head;
};

struct xa_limit {
	u32 max;
	u32 min;
};

#define xa_limit_32b (struct xa_limit) { .min = 0, .max = ~0U }
#define XA_FLAGS_ALLOC 0x4U
#define DEFINE_XARRAY(name) struct xarray name = { }
#define DEFINE_XARRAY_ALLOC(name) struct xarray name = { .xa_flags = XA_FLAGS_ALLOC }

void *xa_load(struct xarray *xa, unsigned long index);
void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
void *xa_erase(struct xarray *xa, unsigned long index);
int __xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit,
	       gfp_t gfp);

static inline int xa_alloc(struct xarray *xa, u32 *id, void *entry,
			   struct xa_limit limit, gfp_t gfp)
{
	int err;

	spin_lock(&xa->xa_lock);
	err = __xa_alloc(xa, id, entry, limit, gfp);
	spin_unlock(&xa->xa_lock);
	return err;
}

void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max,
	      unsigned int filter);
void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max,
		    unsigned int filter);
#define xa_for_each(xa, index, entry)					\
	for (index = 0, entry = xa_find(xa, &index, ~0UL, 8U); entry;	\
	     entry = xa_find_after(xa, &index, ~0UL, 8U))

#define xa_lock(xa) spin_lock(&(xa)->xa_lock)
#define xa_unlock(xa) spin_unlock(&(xa)->xa_lock)

#endif
