/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_DMA_MAPPING_H
#define SIM_LINUX_DMA_MAPPING_H

#include <linux/device.h>

void *dmam_alloc_coherent(struct device *dev, size_t size, dma_addr_t *handle,
			  gfp_t gfp);
void *dma_alloc_coherent(struct device *dev, size_t size, dma_addr_t *handle,
			 gfp_t gfp);
void dma_free_coherent(struct device *dev, size_t size, void *cpu,
		       dma_addr_t handle);

struct vm_area_struct;
int dma_mmap_attrs(struct device *dev, struct vm_area_struct *vma, void *cpu,
		   dma_addr_t handle, size_t size, unsigned long attrs);
#define dma_mmap_coherent(d, v, c, h, s) dma_mmap_attrs(d, v, c, h, s, 0)

#endif
