// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Doors: functions that user space can enter on an already open file, found
// from the ops tables of the unit and how each is registered.

#ifndef STRONGFENCE_MODEL_DOORS_H
#define STRONGFENCE_MODEL_DOORS_H

#include "model/Index.h"
#include <optional>

namespace strongfence {

struct Door {
  const clang::FunctionDecl *Function;
  const clang::VarDecl *Table;
  std::string Slot;
  /// Empty when the unit does not show how the table is registered.
  std::optional<Registration> Kind;
  std::string RegisteredAs; ///< "misc", "cdev", ... or empty
  bool CoreFenced = false;  ///< removal waits for this operation (S6)
};

std::vector<Door> findDoors(const Index &Unit, const Kernel &K,
                            clang::ASTContext &Ctx);

} // namespace strongfence

#endif
