// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a mail says of a finding's rule, and the names that it says it with.

#ifndef STRONGFENCE_ADVICE_H
#define STRONGFENCE_ADVICE_H

#include <jansson.h>
#include <stdbool.h>

struct advice {
	const char *rule;
	const char *subject; // for advice_fill
	bool fence;          // mended by a fence: the inferred one, where there is one
	const char *repair;  // otherwise
};

// NULL for a rule that is not known.
const struct advice *advice_of(const json_t *finding);

// The text with the finding's names: %d is the operation, %t teardown, %s the struct, each as a kernel developer writes
// it. NULL when one of them is not known. Caller frees.
char *advice_fill(const char *pattern, const json_t *finding);

// The door, or where there is none the function that the finding is in.
const char *finding_operation(const json_t *finding);

// The struct without a member of it: "tpm_chip.dev" -> "tpm_chip". Caller frees.
char *finding_struct(const json_t *finding);

#endif
