// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads a projection into the syntax tree of a unit that has been parsed: from
// then on the functions of the other units are the unit's.

#ifndef STRONGFENCE_FACTS_READ_H
#define STRONGFENCE_FACTS_READ_H

#include "facts/Facts.h"
#include "llvm/ADT/ArrayRef.h"

namespace clang {
class CompilerInstance;
class Parser;
}

namespace strongfence {

struct Imported {
  unsigned Functions = 0;
  /// Functions and tables whose text does not parse in this unit, and why.
  std::vector<std::string> Unresolved;
};

/// \p P must be at the end of its input.
Imported importFacts(llvm::ArrayRef<UnitFacts> From, clang::CompilerInstance &CI,
                     clang::Parser &P);

} // namespace strongfence

#endif
