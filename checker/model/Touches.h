// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Touches: expressions that need what teardown takes away. A call counts only
// when the unit shows that teardown or devres really takes the thing away.

#ifndef STRONGFENCE_MODEL_TOUCHES_H
#define STRONGFENCE_MODEL_TOUCHES_H

#include "model/UnitModel.h"

namespace strongfence {

struct Touch {
  const clang::Expr *Site;
  std::string Does;   ///< "reads registers through 'base'"
  std::string Goes;   ///< "'foo_remove' unmaps"
  std::string Verb;   ///< "unmaps"
  std::string Struct; ///< the struct that holds the handle, or empty
  Loss How;
};

/// The touch that the call is, or nothing.
std::optional<Touch> touchOf(const clang::ento::CallEvent &Call,
                             const UnitModel &Model);

/// The touch that an access through a cleared or freed pointer is, or nothing.
std::optional<Touch> touchOf(clang::ento::SVal Location,
                             const clang::Stmt *Site, const UnitModel &Model);

/// The touch that any access to the driver's data is once it is freed, or
/// nothing. It is the weakest thing to say of a door that has others.
std::optional<Touch> containerTouchOf(clang::ento::SVal Location,
                                      const clang::Stmt *Site,
                                      const UnitModel &Model);

} // namespace strongfence

#endif
