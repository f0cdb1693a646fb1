// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the values of pointers come from: through local variables, parameters
// and results of the unit's own functions.

#ifndef STRONGFENCE_MODEL_ORIGINS_H
#define STRONGFENCE_MODEL_ORIGINS_H

#include "model/Index.h"
#include "llvm/ADT/MapVector.h"

namespace strongfence {

class Origins {
public:
  /// Walks the bodies of \p Unit, which must outlive it.
  Origins(const Index &Unit, const Kernel &K, clang::ASTContext &Ctx);

  /// Pointer fields and variables with static storage whose every value, but
  /// for NULL and error pointers, is memory of devres; with one call that
  /// allocates it.
  llvm::MapVector<Identity, const clang::CallExpr *> managed();

private:
  /// What one or several values are: nothing, memory of devres, or else.
  struct Origin {
    bool Other = false;
    const clang::CallExpr *Call = nullptr;

    /// Returns false when more values cannot change the answer.
    bool add(const Origin &O) {
      Other |= O.Other;
      Call = Call ? Call : O.Call;
      return !Other;
    }
  };

  Origin of(const clang::Expr *E);
  Origin of(const clang::ValueDecl *D);
  Origin ofResult(const clang::FunctionDecl *F);
  void addArguments(Origin &To, const clang::ParmVarDecl *P);
  /// False when \p D is being asked about already, or the question is too long.
  bool enter(const clang::Decl *D, Origin &Answer);
  void walk(const clang::Stmt *S);
  void store(const clang::Expr *Target, const clang::Expr *Stored);

  const Index &Unit;
  const Kernel &K;
  clang::ASTContext &Ctx;
  const clang::FunctionDecl *In = nullptr; ///< while it is walked
  using Values = std::vector<const clang::Expr *>;
  llvm::MapVector<const clang::ValueDecl *, Values> Stores;
  llvm::DenseMap<const clang::FunctionDecl *, Values> Returns;
  /// Written in ways that are not seen here: their address is taken.
  llvm::DenseSet<const clang::ValueDecl *> Exposed;
  llvm::SmallVector<const clang::Decl *, 8> Asked; ///< the current question
  unsigned Steps = 0;
};

} // namespace strongfence

#endif
