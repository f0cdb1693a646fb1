// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is gone once teardown has returned: memory, resources, pointers.

#ifndef STRONGFENCE_MODEL_LIFETIMES_H
#define STRONGFENCE_MODEL_LIFETIMES_H

#include "model/Teardown.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace strongfence {

/// How and where something goes.
struct Loss {
  const clang::FunctionDecl *By = nullptr; ///< the teardown root
  const clang::Expr *Site = nullptr;       ///< the free, or the devm_* call
  bool Managed = false;                    ///< by devres, once By has returned
};

struct Lifetimes {
  /// Struct tags whose objects are devm memory or freed by teardown.
  llvm::StringMap<Loss> Structs;
  /// Those of Structs that are the driver's data: what a bus keeps for the
  /// driver, or what holds the node. An open file that reaches one uses memory
  /// that is gone.
  llvm::StringSet<> Containers;
  /// Resources (ResourceRow::Name) that are managed or released by teardown.
  llvm::StringMap<Loss> Resources;
  /// Pointers that teardown sets to NULL.
  llvm::DenseMap<Identity, Loss> Cleared;
  /// What teardown or devres frees, by the field or variable it is reached
  /// through.
  llvm::DenseMap<Identity, Loss> Freed;
};

Lifetimes readLifetimes(const Index &Unit, llvm::ArrayRef<Teardown> Teardowns,
                        const Kernel &K, clang::ASTContext &Ctx);

} // namespace strongfence

#endif
