// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the selection saw in each text, kept between runs: a tree of 20,000 sources need not be read again to see that
// nothing changed in it. A text that is as large and as old as then, to the nanosecond, is taken to be the same.

#ifndef STRONGFENCE_GLANCE_H
#define STRONGFENCE_GLANCE_H

#include <sys/stat.h>

#include "memory.h"

struct glances;

// Those of the file, if they are about the same words; else none. Never fails.
struct glances *glances_open(const char *file, uint64_t words);

// Whether a text is known, and then whether it has a word and what it includes (added to the list). `header` is part
// of the question, as is the state.
bool glances_find(const struct glances *glances, const char *path, bool header, const struct stat *state, bool *has,
		  struct strings *includes);

void glances_add(struct glances *glances, const char *path, bool header, const struct stat *state, bool has,
		 const struct strings *includes);

// Writes the file again when there is anything new.
void glances_close(struct glances *glances);

#endif
