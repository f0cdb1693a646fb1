// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Teardown: what runs when the device goes, and what it does.

#ifndef STRONGFENCE_MODEL_TEARDOWN_H
#define STRONGFENCE_MODEL_TEARDOWN_H

#include "model/Index.h"
#include "model/Story.h"

namespace strongfence {

struct Teardown {
  enum Kind {
    Driver,     ///< the remove slot of a driver struct
    Class,      ///< an exported function that takes a node away
    DevmAction, ///< an action of the parent's devres
  };
  Kind K;
  const clang::FunctionDecl *Root;
  const clang::VarDecl *Slots = nullptr; ///< the struct that names Root
  bool Hotplug = false;      ///< the bus can lose the device
  bool SuppressBind = false; ///< root cannot unbind it through sysfs
  Story Told;
  bool Cut = false; ///< Told is not the whole story
};

std::vector<Teardown> findTeardowns(const Index &Unit, const Kernel &K,
                                    clang::ASTContext &Ctx);

} // namespace strongfence

#endif
