// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The text of build.ninja: a facts edge and a check edge a unit, and one link edge between them.
//
//   facts  ID.cmd.json -> ID.facts.json, ID.alone.jsonl    parses the unit, checks it alone
//   link   every ID.facts.json -> facts.json, ID.import.json
//   check  ID.import.json, ID.alone.jsonl -> ID.jsonl      with what it imports
//   single ID.cmd.json -> ID.jsonl                         a unit of which no scan knows anything
//   cocci  ID.cmd.json -> ID.cocci.jsonl                   its semantic patches, by themselves
//
// Ids and numbers are all that it holds.

#ifndef STRONGFENCE_EDGES_H
#define STRONGFENCE_EDGES_H

#include <stdio.h>

#include "options.h"

struct edges {
	struct strings linked; // ids with a facts edge and a check edge
	struct strings single; // ids that are checked by themselves
	struct strings facts;  // ids whose facts are linked; none: no link edge
	struct strings import; // ids that are projected for: those of `facts`, and those whose facts are lost
	struct strings wanted; // ids whose record this run is about
	struct strings cocci;  // ids with a cocci edge
	struct strings match;  // those of them that this run is about
	struct strings rules;  // that have a semantic patch to run
};

void edges_write(FILE *to, const struct edges *edges, const struct options *options);
void edges_free(struct edges *edges);

enum stage { STAGE_FACTS, STAGE_LINK, STAGE_CHECK, STAGE_COCCI, STAGES };

// What one line of ninja's output says, which starts with \001 when NINJA_STATUS is ours.
struct status {
	size_t done, total;
	enum stage stage;
	const char *id; // NULL for the link
};
#define NINJA_STATUS "NINJA_STATUS=\001%f/%t "

// False for a line of another origin.
bool edges_status(const char *line, struct status *status);

// The same of a line "FAILED: OUTPUTS".
bool edges_failed(const char *line, struct status *status);

#endif
