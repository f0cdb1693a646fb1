// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One pass over the driver's own code: what the nouns of the model are read
// from. Header bodies are never walked.

#ifndef STRONGFENCE_MODEL_INDEX_H
#define STRONGFENCE_MODEL_INDEX_H

#include "model/Identity.h"
#include "llvm/ADT/DenseSet.h"

namespace strongfence {

struct CallSite {
  const clang::CallExpr *Call;
  const clang::FunctionDecl *In;
};

/// A store of a value into a field, by assignment, initialiser or literal.
struct FieldStore {
  const clang::FieldDecl *Field;
  const clang::Expr *Value;
  const clang::FunctionDecl *In; ///< null at file scope
  const clang::MemberExpr *Target = nullptr; ///< null in an initialiser
};

/// A pointer that receives the result of a call: `x = f()`, `T *x = f()`.
struct CallResult {
  const clang::CallExpr *Call;
  clang::QualType Type;
  const clang::Expr *Target;     ///< null for a declaration
  const clang::VarDecl *Variable; ///< null for an assignment
  const clang::FunctionDecl *In;
};

struct Index {
  std::vector<const clang::FunctionDecl *> Functions; ///< with bodies
  std::vector<const clang::VarDecl *> Variables;      ///< file scope, with init
  std::vector<CallSite> Calls;
  std::vector<FieldStore> Stores;
  std::vector<CallResult> Results;
  llvm::DenseSet<const clang::FunctionDecl *> Called; ///< directly, by the unit
  llvm::DenseSet<const clang::FunctionDecl *> InTables; ///< named by an initialiser

  static Index read(clang::ASTContext &Ctx);
};

/// `x` of `{ .f = x }` for each field with an initialiser, nested lists too.
void forEachInit(const clang::InitListExpr *List,
                 llvm::function_ref<void(const clang::FieldDecl *,
                                         const clang::Expr *)> Do);

/// True for code that only runs at module load or unload (__init, __exit).
bool isInitOrExit(const clang::FunctionDecl *F);

} // namespace strongfence

#endif
