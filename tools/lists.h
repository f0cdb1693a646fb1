// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The lists of functions and structs that the semantic patches name: what rows of the kernel model hold, under names
// such as `locks.release` or `touches.mmio`.

#ifndef STRONGFENCE_LISTS_H
#define STRONGFENCE_LISTS_H

#include "memory.h"

struct lists;

// Asks the unit program for its rows, and for those of the models. Fatal when it does not print them.
struct lists *lists_open(const char *program, const struct strings *models);

// The names in it, in the order of the rows, each once; NULL when no row makes such a list. Of the lists.
const struct strings *lists_find(const struct lists *lists, const char *name);

void lists_free(struct lists *lists);

#endif
