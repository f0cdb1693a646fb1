/* SPDX-License-Identifier: GPL-2.0-only */
/* The reference driver is written for Linux 6.12. This lets it build for 6.1, too. */
#ifndef FENCED_COMPAT_H
#define FENCED_COMPAT_H

#ifdef FENCED_LINUX_6_1
static inline void vm_flags_mod(struct vm_area_struct *vma, unsigned long set, unsigned long clear)
{
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
}

/* remove() returned an int then; the driver core ignored it. */
#define PLATFORM_REMOVE(function) \
	static int function##_int(struct platform_device *pdev) \
	{ \
		function(pdev); \
		return 0; \
	} \
	static_assert(true)
#define PLATFORM_REMOVE_SLOT(function) function##_int
#else
#define PLATFORM_REMOVE(function) \
	static_assert(__same_type(function, void (struct platform_device *)))
#define PLATFORM_REMOVE_SLOT(function) function
#endif

#endif
