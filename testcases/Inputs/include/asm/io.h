/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_ASM_IO_H
#define SIM_ASM_IO_H

#include <linux/types.h>

/* On x86 the plain accessors are inline asm, the ioread family is extern. */
#define build_mmio_read(name, size, type)				\
static inline type name(const volatile void __iomem *addr)		\
{									\
	type ret;							\
	asm volatile("mov" size " %1,%0" : "=r" (ret)			\
		     : "m" (*(volatile type __force *)addr) : "memory"); \
	return ret;							\
}
#define build_mmio_write(name, size, type)				\
static inline void name(type val, volatile void __iomem *addr)		\
{									\
	asm volatile("mov" size " %0,%1" :				\
		     : "r" (val), "m" (*(volatile type __force *)addr)	\
		     : "memory");					\
}

build_mmio_read(readb, "b", unsigned char)
build_mmio_read(readw, "w", unsigned short)
build_mmio_read(readl, "l", unsigned int)
build_mmio_read(__readl, "l", unsigned int)
build_mmio_read(readq, "q", unsigned long)
build_mmio_write(writeb, "b", unsigned char)
build_mmio_write(writew, "w", unsigned short)
build_mmio_write(writel, "l", unsigned int)
build_mmio_write(__writel, "l", unsigned int)
build_mmio_write(writeq, "q", unsigned long)
#define readl_relaxed(a) __readl(a)
#define writel_relaxed(v, a) __writel(v, a)

unsigned int ioread8(const void __iomem *addr);
unsigned int ioread16(const void __iomem *addr);
unsigned int ioread32(const void __iomem *addr);
void iowrite8(u8 value, void __iomem *addr);
void iowrite16(u16 value, void __iomem *addr);
void iowrite32(u32 value, void __iomem *addr);

void memcpy_fromio(void *to, const volatile void __iomem *from, size_t n);
void memcpy_toio(volatile void __iomem *to, const void *from, size_t n);

void __iomem *ioremap(resource_size_t offset, unsigned long size);
void iounmap(volatile void __iomem *addr);

#endif
