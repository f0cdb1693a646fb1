// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A kernel source tree and the directory it is built in.

#ifndef STRONGFENCE_KERNEL_H
#define STRONGFENCE_KERNEL_H

#include <stdbool.h>

#include "memory.h"

struct kernel {
	char *src;   // real path
	char *build; // real path; src for a tree that was built in place
	bool in_place;
};

// Fatal unless src is a kernel source tree.
void kernel_check_source(const char *src);

// The tree that a build directory of Kbuild has a link "source" to; NULL when it has none. Caller frees.
char *kernel_source_of(const char *build);

// Whether make wrote its configuration into the source tree, so that Kbuild refuses O=.
bool kernel_built_in_place(const char *src);

// The tree to take compile commands from. Fatal when it is not a kernel, was never prepared, or no
// build directory was given. `build` may be NULL.
struct kernel kernel_open(const char *src, const char *build);

// The words of a make command for the tree, up to and without the targets: the same compiler and
// architecture that the build directory was configured for.
struct strings kernel_make(const struct kernel *kernel);

#endif
