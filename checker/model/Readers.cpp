// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Readers.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace strongfence;

static bool isReader(const FunctionDecl *F, const Index &Unit,
                     ArrayRef<Teardown> Teardowns) {
  if (isInitOrExit(F) ||
      llvm::any_of(Teardowns, [&](const Teardown &T) { return T.Root == F; }))
    return false;
  return F->getStorageClass() != SC_Static ||
         Unit.InTables.contains(F->getCanonicalDecl()) ||
         !Unit.Called.contains(F->getCanonicalDecl());
}

std::vector<Reader>
strongfence::tellReaders(const Index &Unit, ArrayRef<Door> Doors,
                         ArrayRef<Teardown> Teardowns, const Kernel &K,
                         ASTContext &Ctx,
                         std::vector<const FunctionDecl *> &Cut) {
  std::vector<Reader> Out;
  for (const FunctionDecl *F : Unit.Functions) {
    if (!isReader(F, Unit, Teardowns))
      continue;
    const Door *D = nullptr;
    for (const Door &Each : Doors)
      if (Each.Function == F)
        D = &Each;
    bool WasCut = false;
    Out.push_back({F, D, tell(F, K, Ctx, /*Puts=*/true, 8, &WasCut)});
    if (WasCut)
      Cut.push_back(F);
  }
  return Out;
}
