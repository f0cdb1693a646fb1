// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which units become one kernel module: what one of them says of a lock or a helper holds in the others.

#ifndef STRONGFENCE_MODULES_H
#define STRONGFENCE_MODULES_H

#include "units.h"

// The module's name as Kbuild hands it to the compiler; for code that is built in, whose names are not unique,
// with the source's directory. NULL for a command without one. Caller frees.
char *module_of(const struct unit *unit);

// Of the units set aside, takes those back that share a module with one that is analysed: their facts are
// read, and no more. Returns how many they are.
size_t modules_complete(struct units *units);

#endif
