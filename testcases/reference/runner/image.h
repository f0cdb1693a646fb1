// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a test kernel boots into: a cpio archive that is the same for all, and one for each boot behind
// it; the kernel unpacks both. Made with the kernel build's own usr/gen_init_cpio.

#ifndef REFERENCE_IMAGE_H
#define REFERENCE_IMAGE_H

#include "memory.h"

// /init, /storm, /board.ko and the folders that init mounts on. Fatal when it cannot be made.
void image_base(const char *kernel_build, const char *init, const char *storm, const char *board,
		const char *path);

// `base` and behind it the module under its own name and /job with this text. Fatal likewise.
void image_for(const char *kernel_build, const char *base, const char *module, const char *job,
	       const char *path);

#endif
