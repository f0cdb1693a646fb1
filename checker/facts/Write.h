// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The facts of a unit, from its model and its code.

#ifndef STRONGFENCE_FACTS_WRITE_H
#define STRONGFENCE_FACTS_WRITE_H

#include "facts/Facts.h"
#include "model/UnitModel.h"

namespace strongfence {

/// Where a unit belongs, by its command: KBUILD_MODNAME and, when it is built
/// in, its folder, because built-in names need not be unique.
struct Membership {
  std::string Module;
  bool Composite = false; ///< KBUILD_BASENAME is another name
  bool Loadable = false;  ///< not built in
};
Membership membership(llvm::ArrayRef<std::string> Arguments,
                      llvm::StringRef File);

UnitFacts factsOf(const UnitModel &Model, clang::ASTContext &Ctx,
                  llvm::StringRef File, const Membership &In);

/// A hash of every file that the unit was parsed from.
std::string digestOf(const clang::SourceManager &SM);

} // namespace strongfence

#endif
