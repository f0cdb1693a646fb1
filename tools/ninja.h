// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ninja as the engine: one edge a unit.

#ifndef STRONGFENCE_NINJA_H
#define STRONGFENCE_NINJA_H

#include <stdio.h>

#include "units.h"

// Writes build.ninja to a stream: an edge for every id, and "wanted" for the units of this run. Ids
// and numbers are all that it holds.
void ninja_write(FILE *to, const struct strings *ids, const struct units *units,
		 const struct options *options);

// Writes the file and runs it. Units that could not be brought up to date have their fault set
// afterwards. Interrupted, or ninja itself in trouble: fatal.
void ninja_run(struct units *units, const struct state *state, const struct options *options);

// Takes apart one line of ninja's output, which starts with \001 when NINJA_STATUS is ours: false for
// a line of another origin.
bool ninja_status(const char *line, size_t *done, size_t *total, const char **id);
#define NINJA_STATUS "NINJA_STATUS=\001%f/%t "

#endif
