// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compile commands of a prepared kernel tree, from Kbuild's own dry run. The answers are kept in
// the state folder until the configuration, a makefile or the list of sources changes.

#ifndef STRONGFENCE_KBUILD_H
#define STRONGFENCE_KBUILD_H

#include "compile.h"
#include "kernel.h"

// Adds the commands for `paths`, directories or C files relative to the tree. Returns false, after
// saying why, when Kbuild could not answer for all of them; fatal when it answered nothing.
bool kbuild_compiles(const struct kernel *kernel, const struct strings *paths,
		     const char *state, struct compiles *list);

#endif
