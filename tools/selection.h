// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which units of a tree can hold anything at all. The unit program says which words a finding
// needs (--list-words); a unit whose text has none of them is set aside, and counted.

#ifndef STRONGFENCE_SELECTION_H
#define STRONGFENCE_SELECTION_H

#include "units.h"

struct selection;

// Asks the unit program, with the user's kernel models, and keeps what it sees in the file `keep` for the next time.
// Fatal when it names no word.
struct selection *selection_open(const char *program, const struct strings *models, const char *keep);

// The same from lines "struct NAME" and "call NAME"; false when one is neither, or there is none.
struct selection *selection_from(const struct strings *lines);

// Whether the unit's source holds a word: itself, in a C source that it includes, or in a header beside it
// (found by the including file or the command's -I), where of the structs only what macros write counts.
// True for a source that cannot be read: the unit program is to say so.
bool selection_wants(struct selection *selection, const struct unit *unit);

// Sets `aside` for the units that it does not want and returns how many they are.
size_t selection_apply(struct selection *selection, struct units *units);

void selection_free(struct selection *selection);

#endif
