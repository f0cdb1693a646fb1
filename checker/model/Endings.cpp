// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Endings.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace strongfence;

Endings::Endings(const UnitModel &Model, ASTContext &Ctx)
    : Model(Model), Ctx(Ctx), Times(Model, Ctx), Unit(Model, Times, Ctx) {
  for (const Async &A : Unit.all())
    for (const FunctionDecl *H : A.Handlers)
      for (Arming &Arm : Unit.armings(H))
        Armers[Arm.What].push_back({&A, std::move(Arm)});
}

Endings::Stopped Endings::stopped(ArrayRef<Moment> Moments,
                                  const Async &A) const {
  Stopped S;
  for (unsigned I = 0; I != Moments.size(); ++I) {
    auto Effect = Unit.effect(Moments[I], A);
    if (!Effect || *Effect == AsyncEffect::Arm)
      continue;
    if (!Asyncs::quiets(*Effect)) {
      S.Dropped = I;
      continue;
    }
    if (S.First < 0)
      S.First = I;
    S.Last = I;
    S.How = *Effect;
  }
  return S;
}

bool Endings::hasOwnReference(const Async &A) const {
  if (A.Container.empty())
    return false;
  for (const FunctionDecl *H : A.Handlers)
    for (const Event &E : Times.story(H)) {
      StringRef Name = calleeName(E);
      if (Name.empty() ||
          (Model.K.means(Name, "put") < 0 && Model.K.means(Name, "free") < 0 &&
           !Name.contains("_put")))
        continue;
      const auto *Call = cast<CallExpr>(E.Site);
      for (const Expr *Arg : Call->arguments())
        if (QualType T = Arg->IgnoreParenCasts()->getType();
            T->isPointerType() && structName(T) == A.Container)
          return true;
      for (Identity Id : E.Args)
        if (Id && ownerName(Id) == A.Container && !Id->getType()->isPointerType())
          return true;
    }
  return false;
}

const Asyncs::Use *Endings::need(const Async &A, const LossAt &L,
                                 const Timeline &T) const {
  const Asyncs::Uses &Uses = Unit.uses(A);
  if (L.What) {
    auto It = Uses.find(L.What);
    if (It != Uses.end() && isKept(A, L.What))
      return asksFor(A, L.What, T) || isHeld(L, T) || makes(A, L, T)
                 ? nullptr
                 : &It->second;
  }
  if (!L.Ops.empty() && isIrq(A))
    for (const auto &[Id, Use] : Uses)
      if (ownerName(Id) == L.Ops && Id->getType()->isFunctionPointerType())
        return &Use;
  if (L.Struct.empty() ||
      !(L.Struct == A.Container || Times.isData(L.Struct)))
    return nullptr;
  for (const auto &[Id, Use] : Uses)
    if (ownerName(Id) == L.Struct)
      return &Use;
  return nullptr;
}

bool Endings::isKept(const Async &A, Identity Id) const {
  StringRef Owner = ownerName(Id);
  return Owner.empty() || Owner == A.Container || Times.isData(Owner) ||
         Model.Life.Structs.count(Owner);
}

bool Endings::asksFirst(const Async &A, const Timeline &T, unsigned Until) const {
  llvm::DenseSet<Identity> Asked;
  for (const FunctionDecl *H : A.Handlers)
    for (const Event &E : Times.story(H))
      if (E.K == Event::Test && E.What)
        Asked.insert(E.What);
  for (unsigned I = 0; I < Until; ++I) {
    const Moment &M = T.Moments[I];
    if (!M.Managed && M.E->K == Event::Kill && Asked.contains(M.E->What) &&
        !M.E->What->getType()->isPointerType())
      return true;
  }
  return false;
}

bool Endings::makes(const Async &A, const LossAt &L, const Timeline &T) const {
  return llvm::any_of(A.Handlers, [&](const FunctionDecl *H) {
    return llvm::any_of(Times.story(H), [&](const Event &E) {
      return E.Site && E.Site == T.Moments[L.At].E->Site;
    });
  });
}

bool Endings::isHeld(const LossAt &L, const Timeline &T) const {
  for (unsigned I = 0; I != L.At; ++I) {
    StringRef Name = calleeName(*T.Moments[I].E);
    int Argument = Name.empty() ? -1 : Model.K.means(Name, "get");
    if (Argument >= 0 && unsigned(Argument) < T.Moments[I].E->Args.size() &&
        T.Moments[I].E->Args[Argument] == L.What)
      return true;
  }
  return false;
}

bool Endings::asksFor(const Async &A, Identity What, const Timeline &T) const {
  if (llvm::none_of(T.Moments, [&](const Moment &M) {
        return !M.Managed && M.E->K == Event::Kill && M.E->What == What;
      }))
    return false;
  for (const FunctionDecl *H : A.Handlers)
    for (const Event &E : Times.story(H))
      if (E.K == Event::Test && E.What == What)
        return true;
  return false;
}

Endings::Death Endings::death(const Async &A, ArrayRef<LossAt> Losses,
                              const Timeline &T, unsigned From) const {
  for (const LossAt &L : Losses) {
    if (L.At < From)
      continue;
    if (const Asyncs::Use *Use = need(A, L, T))
      return {&L, Use};
    if (A.Object && isa<FieldDecl>(A.Object) && !L.Struct.empty() &&
        L.Struct == A.Container)
      return {&L, nullptr};
    // Its handler stands elsewhere: a buffer beside it is its own, as a rule.
    if (A.Elsewhere && A.Handlers.empty() && L.What && A.Object &&
        !ownerName(A.Object).empty() &&
        ownerName(L.What) == ownerName(A.Object) &&
        L.What->getType()->isPointerType())
      return {&L, nullptr};
  }
  return {};
}

bool Endings::stoppedByOthers(const Async &A, const Timeline &T,
                              unsigned Until) const {
  static const char *const Words[] = {
      "stop",    "fini",  "exit",     "deinit",  "cleanup", "cancel",
      "kill",    "shut",  "disable",  "free",    "destroy", "remove",
      "close",   "flush", "uninit",   "teardown", "release", "halt",
      "quiesce", "detach", "term",    "down",    "drain",   "disconnect"};
  for (unsigned I = 0; I < Until && I < T.Moments.size(); ++I) {
    const Moment &M = T.Moments[I];
    if (M.Managed)
      continue;
    StringRef Name = calleeName(*M.E);
    bool Known = M.E->K == Event::Indirect;
    if (!Name.empty() && !definition(M.E->Callee) &&
        isDriverCode(M.E->Callee->getLocation(), Ctx.getSourceManager()))
      Known = llvm::any_of(
          Words, [&](const char *W) { return Name.contains(W); });
    if (!Known)
      continue;
    auto It = Armers.find(&A);
    bool Live = It != Armers.end() &&
                llvm::any_of(It->second, [&](const Armer &B) {
                  return B.By != &A &&
                         stopped(T.Moments, *B.By).Last > int(I);
                });
    if (!Live)
      return true;
  }
  return false;
}

bool Endings::masked(ArrayRef<Moment> Moments, unsigned Until) const {
  for (unsigned I = 0; I < Until; ++I) {
    const Event &E = *Moments[I].E;
    if (Moments[I].Managed)
      continue;
    if (E.K == Event::Indirect)
      return true;
    StringRef Name = calleeName(E);
    if (Name.empty() || Name.starts_with("lockdep") || Name.contains("rcu") ||
        Name.starts_with("pm_runtime") ||
        Name.starts_with("__compiletime_assert"))
      continue;
    if (!definition(E.Callee) &&
        isDriverCode(E.Callee->getLocation(), Ctx.getSourceManager()))
      return true;
    if (const TouchRow *Row = Model.K.touch(Name))
      if (Row->Resource != "irq" && Row->Resource != "dma" &&
          !Name.contains("read") && !Name.contains("get"))
        return true;
    for (const char *Word : {"disable", "control_assert", "write",
                             "power_off", "suspend", "synchronize_irq"})
      if (Name.contains(Word) && !Name.starts_with("__") &&
          !Model.K.lock(Name))
        return true;
  }
  return false;
}

bool Endings::waited(ArrayRef<Moment> Moments, unsigned Until) {
  return llvm::any_of(Moments.take_front(Until), [](const Moment &M) {
    return calleeName(*M.E).contains("synchronize_");
  });
}

bool Endings::gated(const Arming &Arm, ArrayRef<Moment> Moments,
                    unsigned Until) const {
  for (unsigned I = 0; I < Until; ++I) {
    const Moment &M = Moments[I];
    if (!M.Managed && (M.E->K == Event::Kill || M.E->K == Event::Change) &&
        M.E->What && Arm.Tested.contains(M.E->What))
      return true;
  }
  return false;
}


bool Endings::waitedFor(const Async &A, const Timeline &T) const {
  llvm::DenseSet<Identity> Woken;
  for (const FunctionDecl *H : A.Handlers)
    for (const Event &E : Times.story(H))
      if (E.K == Event::Wake && E.What)
        Woken.insert(E.What);
  return llvm::any_of(T.Moments, [&](const Moment &M) {
    return !M.Managed && M.E->K == Event::Wait && Woken.contains(M.E->What);
  });
}
