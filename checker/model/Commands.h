// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The commands of an ioctl door, and which of them a place in the code serves:
// the cases of a switch over the command, the branches of a comparison with it,
// there and in the functions that are handed it. Read from the source alone, so
// that the paths of the analyzer need not be told apart by command.

#ifndef STRONGFENCE_MODEL_COMMANDS_H
#define STRONGFENCE_MODEL_COMMANDS_H

#include "model/Doors.h"
#include "clang/Analysis/AnalysisDeclContext.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

namespace strongfence {

class Commands {
public:
  Commands() = default;
  Commands(const Door &D, clang::ASTContext &Ctx);

  struct Command {
    std::string Name; ///< the case as it is written, or "default"
    clang::SourceLocation Loc;
  };
  /// In the order in which the source names them.
  const std::vector<Command> &all() const { return All; }

  /// Indices into all() for a place in the frame \p LC, or in one that called
  /// it; empty where every command may come.
  llvm::SmallVector<unsigned, 4> at(const clang::Stmt *S,
                                    const clang::LocationContext *LC) const;

private:
  void read(const clang::FunctionDecl *F, const clang::ParmVarDecl *Command,
            unsigned Depth);
  void walk(const clang::Stmt *S, unsigned Depth);
  void cases(const clang::SwitchStmt *S);
  bool mentions(const clang::Stmt *S) const;
  unsigned command(std::string Name, clang::SourceLocation Loc);
  std::string written(const clang::Expr *E) const;

  clang::ASTContext *Ctx = nullptr;
  std::vector<Command> All;
  /// Parameters and variables that hold the command.
  llvm::SmallPtrSet<const clang::ValueDecl *, 8> Holders;
  llvm::SmallPtrSet<const clang::FunctionDecl *, 8> Seen;
  llvm::DenseMap<const clang::Stmt *, llvm::SmallVector<unsigned, 4>> Serves;
};

} // namespace strongfence

#endif
