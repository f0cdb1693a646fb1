// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The open functions: what each leaves in the file, where it found it, and
// which reference it took.

#ifndef STRONGFENCE_MODEL_OPENS_H
#define STRONGFENCE_MODEL_OPENS_H

#include "model/Storage.h"

namespace strongfence {

/// A pointer that open leaves where operations find it.
struct Kept {
  /// file::private_data, or a pointer in the struct that is kept there.
  const clang::FieldDecl *Through;
  const clang::RecordDecl *What;
  const clang::Expr *Site;  ///< the store
  const clang::Expr *Value; ///< what is stored
  const clang::FunctionDecl *In;
  bool Own = false; ///< open allocates it
};

struct Open {
  const clang::VarDecl *Table;
  const clang::FunctionDecl *Function; ///< null: the table has none
  bool Drained = false; ///< only the slots its registration leaves open count
  std::string RegisteredAs;
  Story Told;
  std::vector<Kept> Keeps;

  /// References on a \p R that open takes and does not give back.
  int references(const clang::RecordDecl *R, const Kernel &K) const;

  /// True when open takes a reference on anything.
  bool takesAny(const Kernel &K) const;

  /// The step that takes the first of them, or null.
  const Event *reference(const clang::RecordDecl *R, const Kernel &K) const;
};

/// Those of tables that the unit registers.
std::vector<Open> findOpens(const Index &Unit, llvm::ArrayRef<Door> Doors,
                            const Kernel &K, clang::ASTContext &Ctx);

/// The values that the local variable \p V of \p F gets.
llvm::SmallVector<const clang::Expr *, 2>
valuesOf(const clang::VarDecl *V, const clang::FunctionDecl *F);

/// The local variable that \p E names, or whose part it is, or null.
const clang::VarDecl *variableOf(const clang::Expr *E);

} // namespace strongfence

#endif
