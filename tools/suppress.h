// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Takes out of the findings those that comments in their source, or rows of .strongfence.yaml, say are none.

#ifndef STRONGFENCE_SUPPRESS_H
#define STRONGFENCE_SUPPRESS_H

#include "analyse.h"

// What a run looked at, so that it can be told what is unused. Files are named relative to the root.
struct scope {
	const char *root;
	struct waivers *waivers;
	struct strings analysed; // sources
	struct strings empty;    // sources with nothing to look for
	struct strings failed;   // of these, and of rows for them, nothing is said to be unused
	struct strings rules;    // that were looked for
	int engines;
	bool part;               // only some files were asked for: rows for several are not said to be unused
	// The text of a source, NULL with errno; NULL: of the file below the root. Caller frees.
	char *(*read)(void *context, const char *path, size_t *length);
	void *context;
};

// Moves findings to `suppressed`, and fills `unused` and `faulty`. Findings are to be merged already, and none hidden.
void suppress(struct results *results, struct scope *scope);

void scope_free(struct scope *scope); // but for the waivers

// What check or scan looked at. To be freed.
struct scope scope_of(struct analysis *analysis, const struct options *options, bool files_alone);

#endif
