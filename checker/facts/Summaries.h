// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a helper does with locks, in one word: other units are given those that
// hand a lock in or out, whatever module they belong to.

#ifndef STRONGFENCE_FACTS_SUMMARIES_H
#define STRONGFENCE_FACTS_SUMMARIES_H

#include "model/Story.h"

namespace strongfence {

/// "conditional-acquire" (some returns leave the lock held), "acquire",
/// "release", "hand-over" (releases one, leaves another held), "predicate"
/// (tests and takes nothing), "transaction" (takes, tests, uses, releases), or
/// empty.
std::string summarise(const Story &Told);

} // namespace strongfence

#endif
