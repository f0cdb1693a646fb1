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

/// A step of a finding that no explored path ends in.
struct Step {
  const clang::Expr *Site;
  std::string Text;    ///< capital first, no full stop
  bool Unbind = false; ///< teardown's side, else the operation's
  bool After = false;  ///< comes after the finding itself; such steps stand last
};

/// What the report of a finding outside paths says, in the order of its story.
struct TeardownFinding {
  std::string Message; ///< names what makes it unique in the unit
  const clang::FunctionDecl *In;
  const clang::Expr *Site;
  std::string Says; ///< the finding as a step of its story
  bool InTeardown = false; ///< Site stands on teardown's side
  std::vector<Step> Steps;
  const clang::FunctionDecl *Door = nullptr; ///< the operation, or callback
  std::string Slot, Table, Struct;
  const clang::FunctionDecl *Teardown = nullptr;
  llvm::StringRef Severity;
};

/// Emits it.
void reportFinding(const TeardownFinding &F, const clang::ento::BugType &Type,
                   llvm::StringRef Rule, clang::ento::BugReporter &BR);

} // namespace strongfence

#endif
