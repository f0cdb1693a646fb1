// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The report of a touch: the path's own notes, and beside them what teardown
// does meanwhile.

#ifndef STRONGFENCE_MODEL_REPORT_H
#define STRONGFENCE_MODEL_REPORT_H

#include "model/PathState.h"

namespace strongfence {

/// Emits a report for a touch on the path that ends in \p Node.
void reportTouchAt(clang::ento::ExplodedNode *Node,
                   const clang::ento::BugType &Type, llvm::StringRef Rule,
                   const std::string &Message, const Touch &T, const Door &D,
                   const Verdict &V, clang::ento::BugReporter &BR,
                   const UnitModel &Model);

} // namespace strongfence

#endif
