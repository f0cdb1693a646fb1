// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which structs an operation uses through its file: private_data, what
// contains it, and what open stored behind it. Found by one walk over the
// operation and the unit's own callees.

#ifndef STRONGFENCE_MODEL_FILEUSES_H
#define STRONGFENCE_MODEL_FILEUSES_H

#include "model/Opens.h"

namespace strongfence {

struct FileUse {
  const clang::RecordDecl *What;
  const clang::FieldDecl *Member;
  const clang::Expr *Site;
  const clang::FunctionDecl *In;
};

/// The first use of each struct, in source order.
std::vector<FileUse> fileUses(const Door &D, const Open &O, const Kernel &K,
                              clang::ASTContext &Ctx);

} // namespace strongfence

#endif
