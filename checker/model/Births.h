// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Births: what runs when a device comes, told in order. Teardown undoes it.

#ifndef STRONGFENCE_MODEL_BIRTHS_H
#define STRONGFENCE_MODEL_BIRTHS_H

#include "model/Teardown.h"

namespace strongfence {

struct Birth {
  const clang::FunctionDecl *Root; ///< a probe, or a function that registers
  const clang::VarDecl *Slots = nullptr; ///< the struct that names Root
  /// The remove of the same driver struct; null when it has none, and for a
  /// function that is no slot.
  const Teardown *Undone = nullptr;
  bool Hotplug = false;
  Story Told;
  bool Cut = false; ///< Told is not the whole story
};

/// The pointers into \p Teardowns live as long as it does.
std::vector<Birth> findBirths(const Index &Unit,
                              const std::vector<Teardown> &Teardowns,
                              const Kernel &K, clang::ASTContext &Ctx);

} // namespace strongfence

#endif
