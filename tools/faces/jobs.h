// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs of the unit program, each of a unit as a view shows it.

#ifndef STRONGFENCE_JOBS_H
#define STRONGFENCE_JOBS_H

#include "units.h"
#include "view.h"

struct job {
	const struct unit *unit;
	const struct view *view; // with its overlay written
	const void *owner;       // whom its findings are for
	char *output;            // the record
};

struct jobs {
	struct job *at;
	size_t count;
};

// Unit, view and owner are not copied. The record will be in the folder.
void jobs_add(struct jobs *jobs, const struct unit *unit, const struct view *view, const void *owner,
	      const char *folder);

// Runs them, as many at a time as -j says. What came of each is in its record. `state` is where projections are.
void jobs_run(const struct jobs *jobs, const char *program, const char *state, const struct options *options);

// What the records of an owner's jobs with that view say together, from that severity on; NULL with *fault, which the
// caller frees, when one is not good. Names are relative to the root. Caller decrefs.
json_t *jobs_findings(const struct jobs *jobs, const void *owner, const struct view *view, const char *root,
		      enum severity least, char **fault);

void jobs_free(struct jobs *jobs);

#endif
