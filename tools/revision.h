// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What git says has changed in a tree.

#ifndef STRONGFENCE_REVISION_H
#define STRONGFENCE_REVISION_H

#include "memory.h"

// The files below the root, relative to it and sorted, that are not what they were in that commit: committed since or not,
// deleted ones and new ones that git does not ignore among them. Fatal with git's own words when it cannot say.
struct strings revision_changes(const char *root, const char *revision);

// A name as git prints it: with quotes and escapes when it has special characters. NULL when it is not one. Caller frees.
char *revision_unquote(const char *line);

#endif
