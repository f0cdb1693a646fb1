// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Teardown.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace strongfence;

namespace {

class Finder {
public:
  Finder(const Index &Unit, const Kernel &K, ASTContext &Ctx)
      : Unit(Unit), K(K), Ctx(Ctx) {}

  std::vector<Teardown> run() {
    for (const VarDecl *V : Unit.Variables)
      driver(V);
    for (const CallSite &Site : Unit.Calls)
      action(Site);
    for (const FunctionDecl *F : Unit.Functions)
      exported(F);
    return std::move(Out);
  }

private:
  const Index &Unit;
  const Kernel &K;
  ASTContext &Ctx;
  std::vector<Teardown> Out;

  Teardown *known(const FunctionDecl *F) {
    for (Teardown &T : Out)
      if (T.Root == F)
        return &T;
    return nullptr;
  }

  Teardown &add(Teardown::Kind Kind, const FunctionDecl *F) {
    if (Teardown *T = known(F))
      return *T;
    Teardown T;
    T.K = Kind;
    T.Root = F;
    T.Told = tell(F, K, Ctx, /*Puts=*/false, 8, &T.Cut);
    Out.push_back(std::move(T));
    return Out.back();
  }

  /// A driver struct without a row still shows itself: it embeds a
  /// device_driver and has a slot of a removing name.
  static bool embedsDriver(const RecordDecl *R) {
    return llvm::any_of(R->fields(), [](const FieldDecl *F) {
      return structName(F->getType()) == "device_driver" &&
             !F->getType()->isPointerType();
    });
  }

  /// platform_driver_probe() forbids unbinding, since it throws probe away:
  /// __platform_driver_probe() sets suppress_bind_attrs.
  bool isProbedOnce(const VarDecl *V) {
    return llvm::any_of(Unit.Calls, [&](const CallSite &Site) {
      int Argument = K.means(calleeName(Site.Call), "suppress-bind");
      return Argument >= 0 && unsigned(Argument) < Site.Call->getNumArgs() &&
             identify(Site.Call->getArg(Argument), K) == V->getCanonicalDecl();
    });
  }

  bool makesItsDevice() {
    return llvm::any_of(Unit.Calls, [&](const CallSite &Site) {
      return Site.In && isInitOrExit(Site.In) &&
             K.means(calleeName(Site.Call), "own-device") >= 0;
    });
  }

  void driver(const VarDecl *V) {
    const RecordDecl *R = V->getType()->getAsRecordDecl();
    const auto *List = dyn_cast<InitListExpr>(V->getInit()->IgnoreParenCasts());
    if (!R || !List)
      return;
    const DriverRow *Row = K.driver(structName(V->getType()));
    if (!Row && !embedsDriver(R))
      return;
    auto removes = [&](StringRef Slot) {
      return Row ? llvm::is_contained(Row->Remove, Slot)
                 : Slot == "remove" || Slot == "disconnect" || Slot == "unbind";
    };
    bool Suppress = isProbedOnce(V);
    llvm::SmallVector<const FunctionDecl *, 2> Roots;
    forEachInit(List, [&](const FieldDecl *F, const Expr *Value) {
      if (!F->getIdentifier())
        return;
      if (F->getName() == "suppress_bind_attrs") {
        Suppress = true;
        return;
      }
      if (removes(F->getName()))
        if (const FunctionDecl *Def = definition(namedFunction(Value)))
          Roots.push_back(Def);
    });
    // Neither root nor the bus can take it away: a singleton of the module.
    if (Suppress && makesItsDevice())
      return;
    for (const FunctionDecl *Root : Roots) {
      Teardown &T = add(Teardown::Driver, Root);
      T.Slots = V;
      T.Hotplug |= Row && Row->Hotplug;
      T.SuppressBind |= Suppress;
    }
  }

  void action(const CallSite &Site) {
    int Argument = K.means(calleeName(Site.Call), "devm-action");
    if (Argument < 0 || unsigned(Argument) >= Site.Call->getNumArgs())
      return;
    const Expr *Action = Site.Call->getArg(Argument);
    if (const FunctionDecl *Def = definition(namedFunction(Action)))
      if (isDriverCode(Def->getLocation(), Ctx.getSourceManager()))
        add(Teardown::DevmAction, Def);
  }

  void exported(const FunctionDecl *F) {
    // Without a parameter it takes away a singleton of the module, and the
    // module cannot go while a file is open (.owner).
    if (F->getStorageClass() == SC_Static || F->isInlined() ||
        isInitOrExit(F) || F->getNumParams() == 0 ||
        Unit.InTables.contains(F->getCanonicalDecl()))
      return;
    Story Told = tell(F, K, Ctx);
    bool Deregisters = llvm::any_of(Told, [&](const Event &E) {
      return E.K == Event::Call && E.Callee->getIdentifier() &&
             (K.means(E.Callee->getName(), "deregister") >= 0 ||
              K.means(E.Callee->getName(), "drain") >= 0);
    });
    // A function that also registers takes back its own failure, no more.
    bool Registers = llvm::any_of(Told, [&](const Event &E) {
      return E.K == Event::Call && E.Callee->getIdentifier() &&
             K.means(E.Callee->getName(), "register") >= 0;
    });
    if (Deregisters && !Registers)
      add(Teardown::Class, F);
  }
};

} // namespace

std::vector<Teardown> strongfence::findTeardowns(const Index &Unit,
                                                 const Kernel &K,
                                                 ASTContext &Ctx) {
  return Finder(Unit, K, Ctx).run();
}
