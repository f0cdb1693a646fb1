// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The C sources that a commit is about to change, and what is found in them that is not in what they were.

#ifndef STRONGFENCE_STAGED_H
#define STRONGFENCE_STAGED_H

#include <jansson.h>

#include "inputs.h"
#include "units.h"
#include "view.h"

struct source {
	char *path;      // below the top
	json_t *fresh;   // findings that no parent has; NULL when it was not checked
	size_t known;    // findings that one has
	char *fault;     // why it was not checked
	bool said;       // which was printed already
};

// What is committed on: HEAD, and with a merge in progress what is merged.
struct parent {
	char *name;
	struct changes changes; // from it to the index
	struct view view;
};

struct staged {
	struct repository repository;
	char *folder; // for what is written on the way
	struct source *sources;
	size_t count;
	size_t headers;   // staged ones
	size_t merged;    // sources that a merge takes over as one of its sides has them
	size_t unchanged; // files named that are in the index as in HEAD
	struct parent *parents;
	size_t parent_count;
	struct changes loose; // from the index to the work tree
	struct view index;
};

// Looks at the index; `named`, if it has any, are the files of interest. Fatal outside a repository.
struct staged staged_open(const struct strings *named, const char *folder);

// Checks each source, with the commands that the inputs have.
void staged_check(struct staged *staged, struct inputs *inputs, const struct options *options);

void staged_free(struct staged *staged);

#endif
