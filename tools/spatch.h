// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One run of spatch on one unit.

#ifndef STRONGFENCE_SPATCH_H
#define STRONGFENCE_SPATCH_H

#include <jansson.h>

#include "compile.h"

// What went wrong; status NULL: nothing did. `detail` is the caller's.
struct trouble {
	const char *status; // as in a unit's record
	char *detail;
};

// How much of the unit's source spatch can read. It leaves out what it cannot, says nothing of it and ends with 0.
struct readable {
	long lines, unread; // of the source
	long first;         // line of the first error, 0: none
	struct trouble trouble; // parse-error: nothing could be read
};
struct readable spatch_parse(const struct compile *unit);

// Runs the rule's script. Adds its findings as they come and the headers that it read (relative to the unit's
// directory).
struct trouble spatch_match(const struct compile *unit, const char *rule, const char *script, long timeout,
			    json_t *findings, struct strings *headers);

// Puts bounds of memory and processor time on this process and what it starts: spatch's own time-out does not
// interrupt Python.
void spatch_bounds(long timeout);

#endif
