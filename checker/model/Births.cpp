// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Births.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace strongfence;

namespace {

class Finder {
public:
  Finder(const Index &Unit, const std::vector<Teardown> &Teardowns,
         const Kernel &K, ASTContext &Ctx)
      : Unit(Unit), Teardowns(Teardowns), K(K), Ctx(Ctx) {}

  std::vector<Birth> run() {
    for (const VarDecl *V : Unit.Variables)
      driver(V);
    for (const FunctionDecl *F : Unit.Functions)
      exported(F);
    return std::move(Out);
  }

private:
  const Index &Unit;
  const std::vector<Teardown> &Teardowns;
  const Kernel &K;
  ASTContext &Ctx;
  std::vector<Birth> Out;

  bool known(const FunctionDecl *F) const {
    return llvm::any_of(Out, [&](const Birth &B) { return B.Root == F; });
  }

  void driver(const VarDecl *V) {
    const auto *List = dyn_cast<InitListExpr>(V->getInit()->IgnoreParenCasts());
    const DriverRow *Row = K.driver(structName(V->getType()));
    if (!List || !Row)
      return;
    forEachInit(List, [&](const FieldDecl *F, const Expr *Value) {
      if (!F->getIdentifier() || !llvm::is_contained(Row->Probe, F->getName()))
        return;
      const FunctionDecl *Def = definition(namedFunction(Value));
      if (!Def || known(Def))
        return;
      Birth B;
      B.Root = Def;
      B.Slots = V;
      B.Hotplug = Row->Hotplug;
      for (const Teardown &T : Teardowns)
        if (T.Slots == V)
          B.Undone = &T;
      B.Told = tell(Def, K, Ctx, /*Puts=*/false, 8, &B.Cut);
      Out.push_back(std::move(B));
    });
  }

  /// A core's register function, whose callers are other drivers' probes.
  void exported(const FunctionDecl *F) {
    if (F->getStorageClass() == SC_Static || F->isInlined() ||
        isInitOrExit(F) || F->getNumParams() == 0 ||
        Unit.InTables.contains(F->getCanonicalDecl()))
      return;
    Birth B;
    B.Root = F;
    B.Told = tell(F, K, Ctx, /*Puts=*/false, 8, &B.Cut);
    if (llvm::any_of(B.Told, [&](const Event &E) {
          return E.K == Event::Call && E.Callee->getIdentifier() &&
                 K.means(E.Callee->getName(), "register") >= 0;
        }))
      Out.push_back(std::move(B));
  }
};

} // namespace

std::vector<Birth>
strongfence::findBirths(const Index &Unit,
                        const std::vector<Teardown> &Teardowns,
                        const Kernel &K, ASTContext &Ctx) {
  return Finder(Unit, Teardowns, K, Ctx).run();
}
