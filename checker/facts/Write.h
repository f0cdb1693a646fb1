// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The facts of a unit, from its model and its code.

#ifndef STRONGFENCE_FACTS_WRITE_H
#define STRONGFENCE_FACTS_WRITE_H

#include "facts/Facts.h"
#include "facts/Membership.h"
#include "model/UnitModel.h"

namespace strongfence {

UnitFacts factsOf(const UnitModel &Model, clang::ASTContext &Ctx,
                  llvm::StringRef File, const Membership &In);

/// A hash of every file that the unit was parsed from.
std::string digestOf(const clang::SourceManager &SM);

} // namespace strongfence

#endif
