// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A view: the work tree as it would be if it held what is staged, or what a commit holds. It is written as the overlay
// that the unit program reads; the work tree is not touched.

#ifndef STRONGFENCE_VIEW_H
#define STRONGFENCE_VIEW_H

#include <jansson.h>

#include "git.h"

struct view {
	const char *name; // "HEAD"; the index has none
	json_t *contents; // by path below the top: "MODE BLOB", null where there is no such file
	char *overlay;    // the file, once it is written
};

// What is staged. `loose` leads from the index to the work tree, `staged` from HEAD to the index.
struct view view_of_index(const struct changes *loose, const struct changes *staged);

// What the commit holds that `staged` leads from. A renamed file has its old content under both names.
struct view view_of_commit(const char *name, const struct changes *loose, const struct changes *staged);

// Writes its files and the overlay below `folder`, which is to be new. Fatal on failure.
void view_write(struct view *view, const struct repository *repository, const char *folder);

void view_free(struct view *view);

#endif
