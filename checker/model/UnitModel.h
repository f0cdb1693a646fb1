// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Everything the model says about one unit.

#ifndef STRONGFENCE_MODEL_UNITMODEL_H
#define STRONGFENCE_MODEL_UNITMODEL_H

#include "model/Births.h"
#include "model/Doors.h"
#include "model/Fences.h"
#include "model/Lifetimes.h"
#include "model/Opens.h"
#include "model/Publications.h"
#include "model/Storage.h"
#include "model/Teardown.h"

namespace strongfence {

struct UnitModel {
  const Kernel &K;
  Index Unit;
  std::vector<Door> Doors;
  std::vector<Teardown> Teardowns;
  std::vector<Birth> Births;
  std::vector<Publication> Published;
  Fences Gate;
  std::vector<Fence> Closings; ///< fences of other ends than teardown
  Lifetimes Life;
  Storage Memory;
  std::vector<Open> Opens;

  UnitModel(const Kernel &K, clang::ASTContext &Ctx);

  /// The door \p F is, or null. A function in two tables is the one with the
  /// weaker registration.
  const Door *door(const clang::FunctionDecl *F) const;

  /// True when paths from \p D are worth exploring: the files of its table
  /// outlive the device and the unit shows how the device goes.
  bool isExplored(const Door &D) const;

  /// The teardown to name when none is known to take a thing away: a bus's
  /// remove before an exported function before an action. There must be one.
  const clang::FunctionDecl *mainTeardown() const;

  /// True when a bus can remove the unit's device.
  bool hasRemove() const;

  /// True when the unit's only teardowns are devres actions.
  bool onlyActions() const;

  /// "high", "medium" or "low": how far from user space teardown is.
  llvm::StringRef severity(const clang::FunctionDecl *Root) const;
};

} // namespace strongfence

#endif
