// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an entry of the driver uses, in order: its story with pointers that are
// followed, the functions behind the driver's own ops tables told in place,
// and, for an open function, those it hands to seq_file and its like.

#ifndef STRONGFENCE_MODEL_USES_H
#define STRONGFENCE_MODEL_USES_H

#include "model/Index.h"
#include "model/Story.h"

namespace strongfence {

class Uses {
public:
  Uses(const Index &Unit, const Kernel &K, clang::ASTContext &Ctx)
      : Unit(Unit), K(K), Ctx(Ctx) {}

  /// Told once a function.
  const Story &of(const clang::FunctionDecl *F);

  /// Functions of the unit that are stored into \p Slot, a function pointer.
  llvm::SmallVector<const clang::FunctionDecl *, 4>
  behind(Identity Slot) const;

private:
  void addSlots(Story &To, unsigned Depth);
  void addHandedOn(Story &To);

  const Index &Unit;
  const Kernel &K;
  clang::ASTContext &Ctx;
  llvm::DenseMap<const clang::FunctionDecl *, std::unique_ptr<Story>> Told;
};

/// True when \p E is about \p What: locks it, waits for it, passes it on,
/// follows it or changes what is in it.
bool isAbout(const Event &E, Identity What);

/// True when something before \p At in \p S asked for \p What.
bool isTestedBefore(const Story &S, size_t At, Identity What);

} // namespace strongfence

#endif
