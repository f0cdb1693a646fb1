// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Semantic patches from their templates, cocci/RULE.cocci. In a template
//
//   %include NAME     as a line of its own: common/NAME.smpl beside it
//   %{LIST}           the names of that list, with | between them: a regular expression, or for split("|")
//   %{rule}           the rule's key
//
// spatch refuses what was not filled in, so a template cannot be taken for a script that finds nothing.

#ifndef STRONGFENCE_TEMPLATES_H
#define STRONGFENCE_TEMPLATES_H

#include "lists.h"

// The templates of this installation or build, NULL when there are none. Caller frees.
char *templates_folder(void);

// Writes RULE.cocci into `to` for each template of `from`, or of those rules alone. Files that would not change are
// left alone. Returns how many scripts there are. An unknown list or piece, or a rule without a template, is fatal.
size_t templates_write(const char *from, const char *to, const struct lists *lists, const struct strings *rules);

#endif
