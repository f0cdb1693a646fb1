// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Drains: calls of teardown that wait for code of the driver, and whom they
// wait for.

#ifndef STRONGFENCE_MODEL_DRAINS_H
#define STRONGFENCE_MODEL_DRAINS_H

#include "model/UnitModel.h"

namespace strongfence {

class Drains {
public:
  Drains(const UnitModel &Model, clang::ASTContext &Ctx);

  /// Whom \p E, a call, waits for; empty for any other event.
  llvm::SmallVector<const clang::FunctionDecl *, 4> by(const Event &E) const;

private:
  using Functions = llvm::SmallVector<const clang::FunctionDecl *, 4>;
  const UnitModel &Model;
  clang::ASTContext &Ctx;
  llvm::DenseMap<Identity, Functions> Asyncs;     ///< by object
  llvm::DenseMap<Identity, Functions> Attributes; ///< by device
  Functions ClassAttributes; ///< of each device of a class or type of the unit
  Functions Files;           ///< operations that debugfs and proc drain
  Functions Opens;           ///< operations that run under a core's lock

  void asyncs();
  void attributes();
  void files();
  void readers(const clang::Expr *Table, Functions &Out,
               unsigned Depth = 5) const;
};

} // namespace strongfence

#endif
