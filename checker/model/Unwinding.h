// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a device goes, step by step: remove(), then what devres undoes, last
// first; or the error path of a birth. What each step releases, and what a use
// of it looks like.

#ifndef STRONGFENCE_MODEL_UNWINDING_H
#define STRONGFENCE_MODEL_UNWINDING_H

#include "model/UnitModel.h"
#include "model/Uses.h"
#include <deque>

namespace strongfence {

struct UnwindStep {
  const Event *E = nullptr;               ///< null: devres withdraws Managed
  const Publication *Managed = nullptr;
  const clang::FunctionDecl *Root = nullptr; ///< whose story E is of

  bool withdraws(const Publication &P) const;
};

/// A step after which uses go wrong.
struct Release {
  Identity Handle = nullptr; ///< what is released; null when it has no name
  const clang::Expr *Site;
  const clang::FunctionDecl *In;
  const clang::Expr *Via = nullptr; ///< the call in Root that led to In
  const clang::FunctionDecl *Root = nullptr;
  std::string Says; ///< "unmaps 'base'"
  std::string Does; ///< "accesses registers": what a use does
  const ResourceRow *Resource = nullptr;
  const StopRow *Stop = nullptr;
  llvm::StringRef Struct; ///< the driver's struct that is freed whole
  /// Nothing is freed: an operation that is inside already is no worse off.
  bool Weak = false;
};

class Unwindings {
public:
  Unwindings(const UnitModel &Model, clang::ASTContext &Ctx);

  std::vector<UnwindStep> of(const Teardown &T);
  /// The error path of \p B, when it stands behind labels.
  std::vector<UnwindStep> ofFailure(const Birth &B);

  std::optional<Release> release(const UnwindStep &Step) const;
  bool isUse(const Event &E, const Release &R) const;
  /// Who does \p E first has taken care of \p R.
  bool makesSafe(const Event &E, const Release &R) const;

private:
  bool isDriverStruct(llvm::StringRef Struct) const;
  bool isStarted(const Event &Stop) const;
  std::optional<Release> release(const Event &E) const;
  std::optional<Release> stopRelease(const Event &E, const StopRow &Row) const;
  std::optional<Release> freeRelease(const Event &E, unsigned Argument) const;
  std::optional<Release> putRelease(const Event &E, unsigned Argument) const;

  const UnitModel &Model;
  const Kernel &K;
  clang::ASTContext &Ctx;
  std::deque<Story> Actions; ///< of devres, told
};

/// True when the last put of the driver's struct \p Struct frees it.
bool isFreedByPut(llvm::StringRef Struct, const Index &Unit, const Kernel &K);

} // namespace strongfence

#endif
