// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Code of other units that stands in this one's syntax tree. It is read like
// the unit's own, and is never what a finding of this unit is about.

#ifndef STRONGFENCE_MODEL_IMPORTED_H
#define STRONGFENCE_MODEL_IMPORTED_H

#include "Compat.h"

namespace strongfence {

/// Code in \p File belongs to another unit.
void markImported(clang::FileID File);

bool isImported(clang::SourceLocation Loc, const clang::SourceManager &SM);

inline bool isImported(const clang::Decl *D) {
  return isImported(D->getLocation(), D->getASTContext().getSourceManager());
}

/// The function of another unit \p Name does nothing that the model tells.
void markQuiet(llvm::StringRef Name);
bool isQuiet(const clang::FunctionDecl *F);

/// \p Text without the tags that keep internal names of units apart.
std::string plain(llvm::StringRef Text);

} // namespace strongfence

#endif
