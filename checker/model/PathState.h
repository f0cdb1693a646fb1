// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a path through a door holds and has tested, and the judgement of a
// touch on it. The hidden checker teardown.Model keeps the state; rules ask.

#ifndef STRONGFENCE_MODEL_PATHSTATE_H
#define STRONGFENCE_MODEL_PATHSTATE_H

#include "model/Touches.h"
#include "model/UnitModel.h"

namespace strongfence {

/// Why a touch is or is not safe where it stands.
struct Verdict {
  enum Kind {
    Fenced,   ///< a fence is held, and tested since it was taken
    Unfenced, ///< no fence held, nothing tested
    Unclosed, ///< Lock is held and Predicate tested, but teardown takes no Lock
    Outside,  ///< Predicate was tested, but not under Lock
    Dropped,  ///< Lock was released between the test and here
    Retaken,  ///< Lock is held again and Predicate was not tested again
  };
  Kind K = Unfenced;
  Identity Lock = nullptr; ///< may be null for Outside: teardown takes none
  Identity Predicate = nullptr;
  /// Holds the test that protects nothing; set in reports.
  const clang::FunctionDecl *TestedIn = nullptr;
};

/// The model of the unit under analysis, or null when it has no doors to judge.
const UnitModel *modelOf(clang::ento::CheckerManager &Mgr);

/// The door that the path entered by, or null.
const Door *doorOf(clang::ento::CheckerContext &C, const UnitModel &Model);

Verdict judge(const Touch &T, clang::ento::CheckerContext &C,
              const UnitModel &Model);

/// Remembers the worst verdict of a door for the coverage matrix.
void noteVerdict(clang::ento::CheckerManager &Mgr, const Door &D,
                 const Verdict &V);

/// A step of teardown that a rule has reported: rules that would report what
/// follows from it ask, at the end of the unit. One cause is one finding.
void claim(clang::ento::CheckerManager &Mgr, const clang::Expr *Step);
bool isClaimed(clang::ento::CheckerManager &Mgr, const clang::Expr *Step);

/// True when the path is in the driver's own code, not in a function that a
/// kernel header defines.
bool inDriverCode(clang::ento::CheckerContext &C);

/// True when the path holds any lock: it may be behind a gate of its own.
bool holdsAny(const Touch &T, clang::ento::CheckerContext &C);

/// Emits one report for the touch; a path ends there.
void reportTouch(const clang::ento::BugType &Type, llvm::StringRef Rule,
                 const std::string &Message, const Touch &T, const Door &D,
                 const Verdict &V, clang::ento::CheckerContext &C,
                 const UnitModel &Model);

void registerModel(clang::ento::CheckerManager &Mgr);

} // namespace strongfence

#endif
