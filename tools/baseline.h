// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a run found against what was known before it.

#ifndef STRONGFENCE_BASELINE_H
#define STRONGFENCE_BASELINE_H

#include "suppress.h"

// Leaves the new ones in `findings`, moves the others to `known`, and fills `gone` and `unseen` with what the baseline
// has and the run does not. None may be hidden yet. What is suppressed is still there.
void baseline_apply(struct results *results, const json_t *baseline, const struct scope *scope);

#endif
