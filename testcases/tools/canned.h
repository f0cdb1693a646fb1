// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A run's results as the tests of what writes them want them.

#ifndef STRONGFENCE_CANNED_H
#define STRONGFENCE_CANNED_H

#include "analyse.h"

// A finding of drivers/a/thing.c: 'thing_read' and 'thing_remove', a note a step: Takes the lock (operation), Calls
// (unbind), Unmaps (unbind), the touch (operation). Caller decrefs.
json_t *canned_finding(const char *rule, const char *severity, int line, const char *fingerprint);

// A run without results, below `root`.
struct analysis canned_analysis(const char *root);

// One with at least one of everything that a run can say.
struct analysis canned_everything(const char *root);

// A unit more. `fault` may be NULL. Returns it.
struct unit *canned_unit(struct analysis *analysis, const char *name, const char *fault);

#endif
