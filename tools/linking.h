// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What lies between the facts of all units and the check of each: which facts a scan links, what the link
// could not read, and which scan a projection is from.
//
//   link.list        a line a unit of the running scan, "FACTS<TAB>IMPORT", by name
//   links/HASH.list  the link.list of a scan that was linked, as old as that scan
//   facts.json       the merged facts

#ifndef STRONGFENCE_LINKING_H
#define STRONGFENCE_LINKING_H

#include <jansson.h>
#include <time.h>

#include "units.h"

// Whether the facts of the unit are part of what a scan links.
bool linking_takes(const struct unit *unit);

void linking_write_list(const struct units *units, const struct state *state);

// The list is linked: from now on a projection of one of its units is of this moment.
void linking_remember(const struct state *state);

struct linked {
	time_t when;  // 0: not known
	size_t units; // whose facts were linked
};

// Sets `imports` of each unit of which the folder has a projection, returns how many they are and says which
// scan the first of them is from.
size_t linking_recall(struct units *units, const struct state *state, struct linked *linked);

// The facts that could not be linked, [{"file", "detail"}], read from the merged facts; empty when they have
// no such array.
json_t *linking_problems(const struct state *state);

// All of the merged facts. Fatal when they are not whole.
json_t *linking_merged(const struct state *state);

#endif
