// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A scan of what changed since a commit, and of what depends on it.

#ifndef STRONGFENCE_SINCE_H
#define STRONGFENCE_SINCE_H

#include "units.h"

struct since {
	const char *revision; // NULL: there was none
	size_t files;    // that changed
	size_t direct;   // units that read one of them
	size_t others;   // units that are checked for what these say: of the same module, or they import from one
	size_t rest;     // units that are not checked
	size_t unknown;  // of these, those whose facts nobody knows: no earlier scan read them
	struct strings config; // changed files of the build system that say nothing of a unit
	struct strings ids;    // of the direct ones, sorted
};

// Marks the units that are not to be checked as unaffected, and lets of them only those be read for their facts whose facts
// an earlier scan has. Fatal when git cannot say what changed.
struct since since_narrow(struct units *units, const struct state *state, const char *revision);

// After a link: takes back the unaffected units of which it now says that they import from a direct one. Returns how many.
size_t since_widen(struct since *since, struct units *units, const struct state *state);

void since_free(struct since *since);

#endif
