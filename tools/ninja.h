// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ninja as the engine: it runs the edges of edges.h.

#ifndef STRONGFENCE_NINJA_H
#define STRONGFENCE_NINJA_H

#include "units.h"

// What a run had to do; everything else was up to date.
struct work {
	size_t read;    // units whose facts were read
	size_t checked; // units that were checked
	size_t matched; // units whose semantic patches were run
};

// Brings the units up to date: with `across` by the facts of all of them, else each with what an earlier link
// projected for it, if anything (see linking_recall). What a launcher did not bring back is run once more.
// Units that could not be brought up to date have their fault set afterwards. Interrupted, a link that failed, or
// ninja itself in trouble: fatal.
struct work ninja_run(struct units *units, const struct state *state, const struct options *options, bool across);

#endif
