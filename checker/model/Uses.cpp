// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Uses.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace strongfence;

namespace {
constexpr size_t MaxUses = 20000;
} // namespace

const Story &Uses::of(const FunctionDecl *F) {
  std::unique_ptr<Story> &Known = Told[F];
  if (!Known) {
    auto S = std::make_unique<Story>(tellUses(F, K, Ctx));
    addHandedOn(*S);
    addSlots(*S, 2);
    Told[F] = std::move(S);
    return *Told[F];
  }
  return *Known;
}

llvm::SmallVector<const FunctionDecl *, 4> Uses::behind(Identity Slot) const {
  llvm::SmallVector<const FunctionDecl *, 4> Out;
  if (!isa_and_nonnull<FieldDecl>(Slot))
    return Out;
  for (const FieldStore &Store : Unit.Stores)
    if (Store.Field->getCanonicalDecl() == Slot->getCanonicalDecl())
      if (const FunctionDecl *Def = definition(namedFunction(Store.Value)))
        if (isDriverCode(Def->getLocation(), Ctx.getSourceManager()) &&
            !llvm::is_contained(Out, Def))
          Out.push_back(Def);
  return Out;
}

/// Puts what stands behind a call through a pointer in its place, with what is
/// held around it.
void Uses::addSlots(Story &To, unsigned Depth) {
  if (!Depth)
    return;
  Story Out;
  for (Event &E : To) {
    Out.push_back(E);
    if (E.K != Event::Indirect || Out.size() > MaxUses)
      continue;
    for (const FunctionDecl *F : behind(E.What)) {
      Story Inner = tellUses(F, K, Ctx);
      addSlots(Inner, Depth - 1);
      for (Event &Each : Inner) {
        Each.Locks.append(E.Locks.begin(), E.Locks.end());
        Each.Conditional |= E.Conditional;
        Out.push_back(std::move(Each));
      }
    }
  }
  To = std::move(Out);
}

/// single_open(file, show, data), seq_open(file, &ops): what is opened is then
/// read.
void Uses::addHandedOn(Story &To) {
  Story Added;
  for (const Event &E : To) {
    if (E.K != Event::Call || !E.Callee->getIdentifier() ||
        !E.Callee->getName().contains("open"))
      continue;
    auto add = [&](const FunctionDecl *F) {
      const FunctionDecl *Def = definition(F);
      if (!Def || !isDriverCode(Def->getLocation(), Ctx.getSourceManager()))
        return;
      Story Inner = tellUses(Def, K, Ctx);
      Added.insert(Added.end(), std::make_move_iterator(Inner.begin()),
                   std::make_move_iterator(Inner.end()));
    };
    for (const Expr *Arg : cast<CallExpr>(E.Site)->arguments()) {
      add(namedFunction(Arg));
      const auto *V = dyn_cast_or_null<VarDecl>(identify(Arg, K));
      const VarDecl *Init = V ? V->getInitializingDeclaration() : nullptr;
      if (Init && Init->getInit())
        if (const auto *List =
                dyn_cast<InitListExpr>(Init->getInit()->IgnoreParenCasts()))
          forEachInit(List, [&](const FieldDecl *, const Expr *Value) {
            add(namedFunction(Value));
          });
    }
  }
  To.insert(To.end(), std::make_move_iterator(Added.begin()),
            std::make_move_iterator(Added.end()));
}

bool strongfence::isAbout(const Event &E, Identity What) {
  switch (E.K) {
  case Event::Acquire:
  case Event::Wait:
  case Event::Wake:
  case Event::TryGet:
  case Event::Deref:
    return E.What == What;
  case Event::Call:
    return llvm::is_contained(E.Args, What);
  case Event::Kill:
    // list_del(), del_timer(): a call that needs the thing whole.
    return E.What == What && isa_and_nonnull<CallExpr>(E.Site);
  default:
    return false;
  }
}

bool strongfence::isTestedBefore(const Story &S, size_t At, Identity What) {
  for (size_t I = 0; I < At && I < S.size(); ++I)
    if (S[I].K == Event::Test && S[I].What == What)
      return true;
  return false;
}
