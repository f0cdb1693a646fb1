// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From options to merged results: what check, scan and fences have in common.

#ifndef STRONGFENCE_ANALYSE_H
#define STRONGFENCE_ANALYSE_H

#include "complain.h"
#include "inputs.h"
#include "ninja.h"
#include "results.h"
#include "scripts.h"
#include "since.h"
#include "waivers.h"

struct analysis {
	struct inputs inputs;
	struct units units;
	struct results results;
	struct work work;
	struct scripts scripts; // of the semantic patches, if they are run
	struct since since;     // of a scan with --since
	struct waivers waivers; // the rows of .strongfence.yaml
	int engines;
	json_t *problems; // facts that could not be linked, {"file", "detail"}
	size_t aside;     // units with nothing to look for
	size_t mates;     // those of them whose facts were read
	bool across;      // the facts of all units were linked
	bool complete;    // every path had commands; false was already complained about
};

// Runs the units. With `map` fences, doors and rows are part of the results, and what the link says of them; without,
// the findings alone. Those that are suppressed or below --min-severity are among them. What keeps all units from
// running is fatal.
struct analysis analyse(const struct options *options, bool files_alone, bool map);

// Names the units that failed, with their reason, and with -v the budget stops and whose facts are missing where.
void analysis_report_trouble(const struct analysis *analysis, bool verbose);

// The summary on stderr. See summary.c for both.
void analysis_summary(const struct analysis *analysis);

// VERDICT_TROUBLE when anything was not done, else VERDICT_FINDINGS when there are `found`.
enum verdict analysis_verdict(size_t failed, bool complete, size_t found);

void analysis_free(struct analysis *analysis);

#endif
