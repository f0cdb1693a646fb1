/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_IO_H
#define SIM_LINUX_IO_H

#include <asm/io.h>

#endif
