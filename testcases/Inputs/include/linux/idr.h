/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_IDR_H
#define SIM_LINUX_IDR_H

#include <linux/gfp.h>
#include <linux/xarray.h>

struct idr {
	struct xarray idr_rt;
	unsigned int idr_base;
	unsigned int idr_next;
};

#define IDR_INIT(name) { .idr_base = 0, .idr_next = 0 }
#define DEFINE_IDR(name) struct idr name = IDR_INIT(name)

static inline void idr_init(struct idr *idr)
{
	idr->idr_base = 0;
	idr->idr_next = 0;
}

int idr_alloc(struct idr *idr, void *ptr, int start, int end, gfp_t gfp);
void *idr_remove(struct idr *idr, unsigned long id);
void *idr_find(const struct idr *idr, unsigned long id);
void *idr_replace(struct idr *idr, void *ptr, unsigned long id);
void idr_destroy(struct idr *idr);

struct ida {
	struct xarray xa;
};

#define DEFINE_IDA(name) struct ida name = { }
int ida_alloc_range(struct ida *ida, unsigned int min, unsigned int max,
		    gfp_t gfp);
void ida_free(struct ida *ida, unsigned int id);

static inline int ida_alloc(struct ida *ida, gfp_t gfp)
{
	return ida_alloc_range(ida, 0, ~0, gfp);
}

#endif
