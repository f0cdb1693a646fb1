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

  /// True when \p E removes files that have the operations \p Table, or
  /// nothing says which ones it removes.
  bool mayRemove(const Event &E, const clang::VarDecl *Table) const;

private:
  using Functions = llvm::SmallVector<const clang::FunctionDecl *, 4>;
  const UnitModel &Model;
  clang::ASTContext &Ctx;
  llvm::DenseMap<Identity, Functions> Asyncs;     ///< by object
  llvm::DenseMap<Identity, Functions> Attributes; ///< by device
  Functions Opens; ///< operations that run under a core's lock

  /// A file of debugfs or proc, and what its removal may be given.
  struct File {
    const clang::VarDecl *Table;
    Identity Parent, Result; ///< null where unknown
    Functions Readers;
  };
  std::vector<File> Files;
  /// Directories: the one that was made, and the one it was made in.
  llvm::SmallVector<std::pair<Identity, Identity>, 4> Directories;

  void asyncs();
  void attributes();
  void files();
  void opens();
  bool removes(Identity What, const File &F) const;
  const clang::FunctionDecl *opened(const clang::VarDecl *Table) const;
  void readers(const clang::Expr *Table, Functions &Out,
               unsigned Depth = 5) const;
};

} // namespace strongfence

#endif
