// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the units of one run say, merged.

#ifndef STRONGFENCE_RESULTS_H
#define STRONGFENCE_RESULTS_H

#include <jansson.h>

#include "options.h"
#include "units.h"

struct results {
	json_t *findings; // arrays of the records' objects, without their "type"
	json_t *fences;
	json_t *doors;
	json_t *coverage;
	bool findings_alone; // doors, rows and slots stay empty: a tree has a hundred thousand of them
	json_t *slots;    // what callbacks are called under
	json_t *stops;    // {"file", "function"} of each budget stop
	json_t *gaps;     // {"file", "doors", "missing", "unresolved"} of each unit that missed facts of others
	json_t *unread;   // {"file", "unread", "lines", "first_unread"} of each unit that spatch could not read all of
	json_t *suppressed; // findings that the source or .strongfence.yaml says are none, each with "suppression":
			    // {"kind": "inSource" or "external", "reason", "file", "line"} (of the comment or the row)
	json_t *unused;     // suppressions that nothing was found for, {"file", "line", "rule"}
	json_t *faulty;     // those without effect, {"file", "line", "why"}
	json_t *known;      // findings that the baseline has
	json_t *gone;       // findings of the baseline that are not there any more, as the baseline has them
	size_t unseen;      // findings of the baseline that this run did not look for: another file, rule or engine
	bool baselined;     // there was a baseline: `findings` are those that are new against it
	size_t hidden;    // findings below the asked severity
	size_t analysed;  // units with a complete record of status ok
	size_t failed;
	size_t not_reached; // doors no exploration came to
	size_t door_count, teardown_count; // over all units, before anything is merged
	size_t timeouts;    // units among the failed
	size_t imported;    // functions of other units, over all units
	size_t matched;     // units with a complete semantic record of status ok
	double seconds;
};

void results_start(struct results *results);
void results_free(struct results *results);

// Adds one record's text. File names are made relative to root where they are below it. NULL when the
// record is whole and its unit is ok, else why not (caller frees). *retry is set for a record that a
// later run should not take as it is.
char *results_add_record(struct results *results, const char *text, const char *directory,
			 const char *root, bool *retry);

// Reads the records of all units, of these engines; a unit's fault is set when it has no good one, its mismatch when it
// has no good semantic one.
void results_read(struct results *results, struct units *units, const struct state *state, int engines);

// Adds the fences and slots of the merged facts of a tree: those, too, that no unit was checked for.
void results_add_merged(struct results *results, const json_t *merged, const char *root);

// Sorts by file, line, rule; drops what is the same finding (fingerprint, file and line) from two
// units and what is below the severity. A fence or a door that several units see is one; the others are
// dropped where they are equal. See settle.c.
void results_settle(struct results *results, enum severity least);

// The last of it alone: drops what is below the severity, also of `known`.
void results_hide(struct results *results, enum severity least);

#endif
