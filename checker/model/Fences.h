// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fences, inferred: what teardown kills and under or before which exclusive
// lock, joined to what readers test while they hold that lock.

#ifndef STRONGFENCE_MODEL_FENCES_H
#define STRONGFENCE_MODEL_FENCES_H

#include "model/Readers.h"

namespace strongfence {

struct Fence {
  Identity Lock;      ///< null when a core's proxy is what readers pass
  Identity Predicate; ///< equals Lock for an active reference
  LockMode Readers = LockMode::Exclusive;
  std::string Shape;                        ///< S1, S1b, S2, ... of the catalogue
  const clang::FunctionDecl *Root;          ///< the teardown root
  const clang::FunctionDecl *Teardown;      ///< holds the kill
  /// The functions from Root to Teardown.
  llvm::SmallVector<const clang::FunctionDecl *, 0> Path;
  const clang::Expr *Kill;
  const clang::Expr *KillValue = nullptr; ///< the constant stored, if a store
  const clang::Expr *Barrier;
  const clang::Expr *Test = nullptr; ///< one reader's test
  const clang::Expr *Acquire = nullptr; ///< where that reader takes Lock
  bool Refuses = false;              ///< a reader leaves when it is dead
  bool Ordinary = false;             ///< operations store the constant too
  llvm::SmallVector<const clang::FunctionDecl *, 8> TakenBy;
};

/// Teardown frees when Count says that no file is open, and reads it outside
/// Lock, under which Release changes it.
struct LooseCount {
  Identity Count;
  Identity Lock;
  const clang::FunctionDecl *Root;
  const clang::FunctionDecl *In; ///< holds the test
  const clang::Expr *Test;
  const clang::Expr *Free;
  const Door *Release;
  const clang::Expr *Change; ///< in Release
};

struct Fences {
  /// Both sides seen.
  std::vector<Fence> Strong;
  /// Teardown's side seen: a reader that tests under the lock is fenced.
  std::vector<Fence> Offered;
  /// What teardown kills, with or without a barrier: testing it is a
  /// liveness test, whether or not it protects anything.
  llvm::DenseMap<Identity, Fence> Kills;
  /// Those whose test means liveness wherever it stands: Kills, and what
  /// readers of a strong fence refuse on.
  llvm::DenseSet<Identity> Liveness;
  /// What operations on open files change: a pool, a position, a state.
  llvm::DenseSet<Identity> Moving;
  /// Every predicate of Offered and Kills.
  llvm::DenseSet<Identity> Predicates;
  /// Functions whose story was too long to be told whole.
  std::vector<const clang::FunctionDecl *> Cut;
  /// Set when teardown waits until every file is closed (S7), or refuses to
  /// begin while one is open (S8).
  std::optional<Fence> WaitsForClose;
  /// Set when it waits for that, and goes on after a time.
  std::optional<Fence> GivesUp;
  /// Open counts that decide a free, read without the lock they change under.
  std::vector<LooseCount> LooseCounts;
};

/// True when readers test \p P under \p L, which no teardown takes for it, and
/// none tests it under a lock that one does take: teardown is wrong, not they.
bool isUnclosed(const Fences &Gate, Identity P, Identity L);

Fences inferFences(const Index &Unit, llvm::ArrayRef<Reader> Readers,
                   llvm::ArrayRef<Teardown> Teardowns, const Kernel &K,
                   clang::ASTContext &Ctx);

} // namespace strongfence

#endif
