// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which module a unit belongs to, as its compile command says it.

#ifndef STRONGFENCE_FACTS_MEMBERSHIP_H
#define STRONGFENCE_FACTS_MEMBERSHIP_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>

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

} // namespace strongfence

#endif
