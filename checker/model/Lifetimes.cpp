// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Lifetimes.h"
#include "model/Devres.h"
#include "model/Origins.h"

using namespace clang;
using namespace strongfence;

namespace {

void teardownSide(const Teardown &T, const Kernel &K, ASTContext &Ctx,
                  Lifetimes &Out) {
  for (const Event &E : T.Told) {
    if (E.K == Event::Kill && E.What && E.What->getType()->isPointerType()) {
      // Only a plain NULL: an ERR_PTR or a poison value is no cleared pointer.
      if (E.Value && E.Value->IgnoreParenCasts()->isNullPointerConstant(
                         Ctx, Expr::NPC_ValueDependentIsNotNull))
        Out.Cleared.try_emplace(E.What, Loss{T.Root, E.Site, false});
      continue;
    }
    if (E.K != Event::Call || !E.Callee->getIdentifier())
      continue;
    const auto *Call = cast<CallExpr>(E.Site);
    StringRef Name = E.Callee->getName();
    if (const ResourceRow *Row = K.released(Name))
      Out.Resources.try_emplace(Row->Name, Loss{T.Root, E.Site, false});
    int Argument = K.means(Name, "free");
    // "if no file is open" is how counted objects are freed here.
    if (Argument < 0 || unsigned(Argument) >= Call->getNumArgs() ||
        E.Conditional)
      continue;
    const Expr *What = Call->getArg(Argument);
    QualType Type = What->IgnoreParenCasts()->getType();
    StringRef Struct = structName(Type);
    if (!Struct.empty())
      Out.Structs.try_emplace(Struct, Loss{T.Root, E.Site, false});
    if (Identity Id = identify(What, K))
      Out.Freed.try_emplace(Id, Loss{T.Root, E.Site, false});
  }
}

/// Memory of the parent's devres, by the pointers to it. What is tied to a
/// class device goes earlier, and is DevmOnClassDevice's.
void managedPointers(const Index &Unit, const FunctionDecl *Remove,
                     const Kernel &K, ASTContext &Ctx, Lifetimes &Out) {
  auto Pointers = Origins(Unit, K, Ctx).managed();
  if (Pointers.empty())
    return;
  Devres Tied(Ctx, Unit, K.classDevices());
  for (const auto &[Id, Call] : Pointers)
    for (const CallSite &Site : Unit.Calls)
      if (Site.Call == Call && Site.In && Call->getNumArgs() &&
          !Tied.resolve(Call->getArg(0), Site.In))
        Out.Freed.try_emplace(Id, Loss{Remove, Call, true});
}

void container(StringRef Struct, Lifetimes &Out) {
  if (!Struct.empty() && Out.Structs.count(Struct))
    Out.Containers.insert(Struct);
}

} // namespace

Lifetimes strongfence::readLifetimes(const Index &Unit,
                                     ArrayRef<Teardown> Teardowns,
                                     const Kernel &K, ASTContext &Ctx) {
  Lifetimes Out;
  for (const Teardown &T : Teardowns)
    teardownSide(T, K, Ctx, Out);

  // devres runs when the bus's remove has returned (device_unbind_cleanup()).
  const FunctionDecl *Remove = nullptr;
  for (const Teardown &T : Teardowns)
    if (T.K == Teardown::Driver) {
      Remove = T.Root;
      break;
    }
  for (const CallSite &Site : Unit.Calls)
    if (const ResourceRow *Row = K.managed(calleeName(Site.Call)))
      Out.Resources.try_emplace(Row->Name, Loss{Remove, Site.Call, true});
  bool Allocates = false;
  for (const CallResult &Result : Unit.Results)
    if (K.means(calleeName(Result.Call), "devm-alloc") >= 0) {
      Allocates = true;
      StringRef Struct = structName(Result.Type);
      if (!Struct.empty())
        Out.Structs.try_emplace(Struct, Loss{Remove, Result.Call, true});
    }
  if (Allocates)
    managedPointers(Unit, Remove, K, Ctx, Out);
  for (const CallResult &Result : Unit.Results)
    if (K.means(calleeName(Result.Call), "drvdata") >= 0)
      container(structName(Result.Type), Out);
  for (const CallSite &Site : Unit.Calls)
    if (K.means(calleeName(Site.Call), "register") >= 0)
      // misc_register(&foo->misc): foo holds the node.
      for (const Expr *Arg : Site.Call->arguments())
        container(ownerName(identify(Arg, K)), Out);
  return Out;
}
