// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Directories that Kbuild enters from further up. drivers/Makefile descends into char/ipmi/ by
// itself, so that "make drivers/char/" knows nothing of it.

#ifndef STRONGFENCE_DESCENT_H
#define STRONGFENCE_DESCENT_H

#include "memory.h"

// Adds to `paths`, relative to the tree `src`, the directories below one of them that a makefile
// above it names.
void descent_add(const char *src, struct strings *paths);

#endif
