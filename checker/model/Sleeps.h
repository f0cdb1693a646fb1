// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sleeps: which fields end one, and what a transfer that is ended with an error
// does to them.

#ifndef STRONGFENCE_MODEL_SLEEPS_H
#define STRONGFENCE_MODEL_SLEEPS_H

#include "model/Index.h"
#include "model/Story.h"
#include "llvm/ADT/DenseSet.h"

namespace strongfence {

/// The fields and variables on which \p Loop of \p In is left.
llvm::DenseSet<Identity> exitsOf(const clang::Stmt *Loop,
                                 const clang::FunctionDecl *In,
                                 const Kernel &K, clang::ASTContext &Ctx);

/// What may have happened: fields that changed, queues that were woken.
struct Effects {
  llvm::DenseSet<Identity> Changed, Woken;
  /// Members of ops tables that were called through, null where unknown.
  llvm::DenseSet<Identity> Through;
  bool Unknown = false; ///< a function of another unit ran
};

/// Adds what the events of \p Told before \p End do.
void addEffects(llvm::ArrayRef<Event> Told, const clang::ASTContext &Ctx,
                Effects &Out);

/// Adds what the completions of the unit's USB transfers do when the transfer
/// is ended with an error: what stands behind a test of its status does not
/// happen.
void addEndedTransfers(const Index &Unit, const Kernel &K,
                       clang::ASTContext &Ctx, Effects &Out);

/// True when \p Done wakes the sleeper and lets it leave each of its loops, or
/// may do so unseen.
bool ends(const Event &Sleep, const Effects &Done, const Index &Unit,
          const Kernel &K, clang::ASTContext &Ctx);

} // namespace strongfence

#endif
