/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_GFP_H
#define SIM_LINUX_GFP_H

#include <linux/types.h>

#define __GFP_IO ((__force gfp_t)0x40)
#define __GFP_FS ((__force gfp_t)0x80)
#define __GFP_ZERO ((__force gfp_t)0x100)
#define __GFP_RECLAIM ((__force gfp_t)0xc00)
#define GFP_KERNEL (__GFP_RECLAIM | __GFP_IO | __GFP_FS)
#define GFP_ATOMIC ((__force gfp_t)0x820)

#endif
