// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The lines of source around what a report names, each line once.

#ifndef STRONGFENCE_EXCERPTS_H
#define STRONGFENCE_EXCERPTS_H

#include <jansson.h>

#include "memory.h"

enum {
	EXCERPT_AROUND = 4, // lines before and after the one that is named
	EXCERPT_WIDTH = 400, // bytes of a line
};

struct excerpts {
	const char *root;		 // file names are relative to it
	const struct strings *folders;	 // files outside these and the root are not read: a page may be published
	struct excerpt_place *places;
	size_t count, room;
};

void excerpts_want(struct excerpts *excerpts, const char *file, long line);

// Reads what is wanted. {FILE: {"parts": [[FIRST, "line", "line", ...], ...]}} in the order of the lines, or {FILE: {"fault":
// "why"}}. Caller decrefs.
json_t *excerpts_read(struct excerpts *excerpts);

void excerpts_free(struct excerpts *excerpts);

#endif
