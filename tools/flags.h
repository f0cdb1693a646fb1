// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns a compiler's arguments into what clang accepts for looking at the same
// source: gcc's own flags and everything about output are left out.

#ifndef STRONGFENCE_FLAGS_H
#define STRONGFENCE_FLAGS_H

#include <stdbool.h>

#include "memory.h"

// Adds the cleaned arguments to `to`; the first becomes `clang`.
void flags_clean(const struct strings *from, const char *clang, struct strings *to);

// Whether it is a flag that gcc knows and clang does not even look past.
bool flags_of_gcc_alone(const char *flag);

// Makes file names in the arguments absolute: directories to search for headers, files to include
// first, and the source itself. What the unit program then writes into its depfile holds for
// any working directory.
void flags_anchor(struct strings *arguments, const char *directory, const char *source);

// Whether arguments[0] names clang; a ccache in front of it is skipped.
bool flags_of_clang(const struct strings *arguments);

// "aarch64-linux-gnu" of /usr/bin/aarch64-linux-gnu-gcc-12; NULL when the name
// has no target in it. Caller frees.
char *flags_target(const char *compiler);

#endif
