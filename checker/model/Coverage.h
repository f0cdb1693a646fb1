// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The coverage matrix: for each door, and each command of an ioctl door, which
// fences stood between its touches and teardown. Filled while doors are
// explored, written into the record.

#ifndef STRONGFENCE_MODEL_COVERAGE_H
#define STRONGFENCE_MODEL_COVERAGE_H

#include "model/Commands.h"
#include "model/PathState.h"
#include "model/Record.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace strongfence {

class Coverage {
public:
  /// \p By are the fences that were held and tested at the touch; \p Why says
  /// what was wrong when there is none.
  void touch(const Door &D, const Touch &T,
             llvm::ArrayRef<const Fence *> By, const Verdict &Why,
             clang::ento::CheckerContext &C);

  /// A call of another unit's function under \p By: what it touches is not
  /// seen, and the fence is there for something.
  void call(const Door &D, const clang::Stmt *Site,
            llvm::ArrayRef<const Fence *> By, clang::ento::CheckerContext &C);

  /// A use of the driver's data: it counts where there is no other touch.
  /// \p Locked: under a lock that is no fence, but may be a gate of its own.
  void use(const Door &D, const Touch &T, bool Locked,
           clang::ento::CheckerContext &C);

  /// The door's exploration was cut.
  void cut(const clang::FunctionDecl *Door) { Cut.insert(Door); }

  /// Adds a line for each door and command. \p Explored are the doors that
  /// were entered; \p Delegates says which other door a door calls.
  void record(Record &R, const UnitModel &Model,
              const llvm::DenseMap<const clang::FunctionDecl *, std::string>
                  &Explored,
              const llvm::DenseMap<const clang::FunctionDecl *,
                                   const clang::FunctionDecl *> &Delegates,
              clang::ASTContext &Ctx) const;

private:
  /// What is known of a door, or of one command.
  struct Row {
    llvm::SmallSetVector<std::pair<Identity, Identity>, 2> By, Calls;
    std::optional<Touch> Open; ///< the first touch that no fence covers
    Verdict Why;
    std::optional<Touch> Used, Locked;
    bool says() const { return Open || Used || Locked || !By.empty() || !Calls.empty(); }
  };
  struct Rows {
    Commands Of;
    Row Any;                                ///< where every command may come
    llvm::MapVector<unsigned, Row> Command; ///< by index into Of
  };
  Rows &rows(const Door &D, clang::ASTContext &Ctx);
  template <typename F>
  void each(const Door &D, const clang::Stmt *Site,
            clang::ento::CheckerContext &C, F Do);

  llvm::DenseMap<const clang::FunctionDecl *, Rows> Doors;
  llvm::SmallPtrSet<const clang::FunctionDecl *, 4> Cut;
};

} // namespace strongfence

#endif
