// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Readers: the functions that user space or another unit can be in when
// teardown starts, told as stories. Fences are confirmed by what they test.

#ifndef STRONGFENCE_MODEL_READERS_H
#define STRONGFENCE_MODEL_READERS_H

#include "model/Doors.h"
#include "model/Teardown.h"

namespace strongfence {

struct Reader {
  const clang::FunctionDecl *F;
  const Door *D; ///< null for other entries
  Story Told;

  bool closes() const {
    return D && (D->Slot == "release" || D->Slot == "proc_release");
  }
};

/// Every reader of the unit; \p Cut receives those whose story is not whole.
std::vector<Reader> tellReaders(const Index &Unit, llvm::ArrayRef<Door> Doors,
                                llvm::ArrayRef<Teardown> Teardowns,
                                const Kernel &K, clang::ASTContext &Ctx,
                                std::vector<const clang::FunctionDecl *> &Cut);

} // namespace strongfence

#endif
