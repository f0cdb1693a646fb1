// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which finding of one list is which of another: by fingerprint, which may be there more than once.

#ifndef STRONGFENCE_PAIRS_H
#define STRONGFENCE_PAIRS_H

#include <jansson.h>
#include <stddef.h>

#define NO_PAIR ((size_t)-1)

struct pairs {
	size_t *of_old; // for each old finding the index of the new one that it is, or NO_PAIR
	size_t *of_new; // the other way round
	size_t both;    // pairs
};

// Each finding is in one pair at most: of those with the same fingerprint first the ones at the same file and line,
// then those of the same file, then any. The counts decide how many are left over.
struct pairs findings_pair(const json_t *old, const json_t *new);
void pairs_free(struct pairs *pairs);

#endif
