// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Storage.h"
#include "model/Devres.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace strongfence;

const RecordDecl *strongfence::recordOf(QualType Type) {
  if (Type.isNull())
    return nullptr;
  while (Type->isPointerType() || Type->isArrayType())
    Type = Type->isPointerType()
               ? Type->getPointeeType()
               : QualType(Type->getPointeeOrArrayElementType(), 0);
  const RecordDecl *R = Type->getAsRecordDecl();
  if (!R)
    return nullptr;
  if (const RecordDecl *Def = R->getDefinition())
    R = Def;
  return R;
}

bool strongfence::reachesInto(const Expr *E, const RecordDecl *R) {
  while (E) {
    E = E->IgnoreParenCasts();
    if (recordOf(E->getType()) == R)
      return true;
    if (const auto *U = dyn_cast<UnaryOperator>(E))
      E = U->getSubExpr();
    else if (const auto *M = dyn_cast<MemberExpr>(E))
      E = M->getBase();
    else if (const auto *Sub = dyn_cast<ArraySubscriptExpr>(E))
      E = Sub->getBase();
    else
      return false;
  }
  return false;
}

bool strongfence::isA(const Expr *E, const RecordDecl *R) {
  for (E = E->IgnoreParenCasts(); E;) {
    if (recordOf(E->getType()) == R)
      return true;
    // &p->member, and &p->member.inner: not what p->pointer points to.
    const auto *U = dyn_cast<UnaryOperator>(E);
    if (!U || U->getOpcode() != UO_AddrOf)
      return false;
    for (E = U->getSubExpr()->IgnoreParenCasts(); E;) {
      if (recordOf(E->getType()) == R)
        return true;
      const auto *M = dyn_cast<MemberExpr>(E);
      if (!M)
        return false;
      E = M->getBase()->IgnoreParenCasts();
      if (M->isArrow())
        return recordOf(E->getType()) == R;
    }
  }
  return false;
}

bool strongfence::embeds(const RecordDecl *R, StringRef Tag) {
  if (!R || !R->isCompleteDefinition())
    return false;
  return llvm::any_of(R->fields(), [&](const FieldDecl *F) {
    if (F->getType()->isPointerType() || F->getType()->isArrayType())
      return false;
    const RecordDecl *Inner = F->getType()->getAsRecordDecl();
    if (!Inner)
      return false;
    if (Inner->getIdentifier())
      return structName(F->getType()) == Tag ||
             // A device of a bus or a class is one more level in.
             (Tag == "device" && Inner != R &&
              llvm::any_of(Inner->fields(), [&](const FieldDecl *Deeper) {
                return !Deeper->getType()->isPointerType() &&
                       structName(Deeper->getType()) == Tag;
              }));
    return embeds(Inner, Tag);
  });
}

bool strongfence::concerns(const Event &E, const RecordDecl *R) {
  auto ownedBy = [&](Identity Id) {
    const auto *F = dyn_cast_or_null<FieldDecl>(Id);
    const RecordDecl *Owner = F ? F->getParent() : nullptr;
    while (Owner && !Owner->getIdentifier())
      Owner = dyn_cast<RecordDecl>(Owner->getDeclContext());
    return Owner && Owner == R;
  };
  if (ownedBy(E.What) || llvm::any_of(E.Args, ownedBy))
    return true;
  const auto *Call = dyn_cast_or_null<CallExpr>(E.Site);
  return Call && llvm::any_of(Call->arguments(), [&](const Expr *Arg) {
           return reachesInto(Arg, R);
         });
}

const RecordDecl *strongfence::freedBy(const Event &E, const Kernel &K) {
  if (E.K != Event::Call || !E.Callee->getIdentifier())
    return nullptr;
  const auto *Call = cast<CallExpr>(E.Site);
  int Argument = K.means(E.Callee->getName(), "free");
  if (Argument < 0 || unsigned(Argument) >= Call->getNumArgs())
    return nullptr;
  const Expr *What = Call->getArg(Argument)->IgnoreParenCasts();
  // kfree(container_of(...)) and kfree(p); not kfree(p->list).
  QualType Type = What->getType();
  return Type->isPointerType() && !Type->getPointeeType()->isPointerType()
             ? recordOf(Type)
             : nullptr;
}

const FunctionDecl *strongfence::slotOf(const VarDecl *V, StringRef Name) {
  const auto *List =
      dyn_cast_or_null<InitListExpr>(V->getInit()->IgnoreParenCasts());
  const FunctionDecl *Found = nullptr;
  if (List)
    forEachInit(List, [&](const FieldDecl *F, const Expr *Value) {
      if (F->getIdentifier() && F->getName() == Name)
        if (const FunctionDecl *Named = namedFunction(Value))
          Found = Named;
    });
  return Found;
}

Storage::Storage(const Index &Unit, ArrayRef<Door> Doors,
                 ArrayRef<Teardown> Teardowns, const Kernel &K,
                 ASTContext &Ctx) {
  if (Doors.empty() || Teardowns.empty())
    return;
  readAllocations(Unit, K);
  readDevres(Unit, Teardowns, K, Ctx);
  readCdevs(Unit);
  readCounts(Unit, Doors, K, Ctx);
  // A bus's remove is the better story than an action or a core's function.
  for (Teardown::Kind Kind :
       {Teardown::Driver, Teardown::Class, Teardown::DevmAction})
    for (const Teardown &T : Teardowns)
      if (T.K == Kind) {
        readFrees(T, K);
        readPuts(Unit, T, K, Ctx);
      }
}

const Passing *Storage::passing(const RecordDecl *R,
                                Passing::Kind Kind) const {
  const Map &In = Kind == Passing::Devres  ? Managed
                  : Kind == Passing::Freed ? Frees
                                           : Puts;
  auto It = In.find(R);
  return It == In.end() ? nullptr : &It->second;
}

const Teardown *Storage::givesBack(const RecordDecl *R,
                                   ArrayRef<Teardown> Teardowns,
                                   const Kernel &K) const {
  if (!R->getIdentifier() || Allocated.count(R) || Managed.count(R) ||
      Frees.count(R) || Puts.count(R) || isParent(R))
    return nullptr;
  for (StringRef Counted : {"device", "kref", "kobject", "refcount_struct",
                            "percpu_ref"})
    if (embeds(R, Counted))
      return nullptr;
  // The node of the files goes there, and nobody is made to close them first.
  auto takesNode = [&](const Teardown &T) {
    bool Takes = false;
    for (const Event &E : T.Told) {
      if (E.K == Event::Test && isOpenCount(E.What))
        return false;
      if (E.K != Event::Call || !E.Callee->getIdentifier())
        continue;
      StringRef Name = E.Callee->getName();
      if (K.means(Name, "signal") >= 0)
        return false;
      Takes |= K.means(Name, "deregister") >= 0 &&
               (Name.starts_with("cdev_") || Name.starts_with("device_") ||
                Name == "misc_deregister" || Name == "usb_deregister_dev" ||
                Name.ends_with("unregister_chrdev"));
    }
    return Takes;
  };
  for (const Teardown &T : Teardowns)
    if (T.K == Teardown::Class && takesNode(T))
      for (const ParmVarDecl *P : T.Root->parameters())
        if (P->getType()->isPointerType() && recordOf(P->getType()) == R)
          return &T;
  return nullptr;
}

namespace {

/// A call that allocates in \p S, also inside alloc_hooks().
const CallExpr *allocationIn(const Stmt *S, unsigned Depth = 12) {
  if (!S || !Depth)
    return nullptr;
  if (const auto *Call = dyn_cast<CallExpr>(S))
    if (calleeName(Call).contains("alloc"))
      return Call;
  if (isa<UnaryExprOrTypeTraitExpr>(S))
    return nullptr;
  for (const Stmt *Child : S->children())
    if (const CallExpr *Found = allocationIn(Child, Depth - 1))
      return Found;
  return nullptr;
}

template <typename F> void forEachPointer(const Stmt *S, F Do) {
  if (!S)
    return;
  if (const auto *B = dyn_cast<BinaryOperator>(S)) {
    if (B->getOpcode() == BO_Assign && B->getType()->isPointerType())
      Do(B->getLHS()->getType(), B->getRHS());
  } else if (const auto *D = dyn_cast<DeclStmt>(S)) {
    for (const Decl *Each : D->decls())
      if (const auto *V = dyn_cast<VarDecl>(Each))
        if (V->getInit() && V->getType()->isPointerType())
          Do(V->getType(), V->getInit());
  }
  for (const Stmt *Child : S->children())
    forEachPointer(Child, Do);
}

} // namespace

void Storage::readAllocations(const Index &Unit, const Kernel &K) {
  for (const FunctionDecl *F : Unit.Functions)
    forEachPointer(F->getBody(), [&](QualType Type, const Expr *Value) {
      const RecordDecl *R = recordOf(Type);
      if (!R || Type->getPointeeType()->isPointerType())
        return;
      if (const CallExpr *Call = allocationIn(Value))
        if (K.means(calleeName(Call), "devm-alloc") < 0)
          Allocated.try_emplace(R, Call);
    });
}

void Storage::readDevres(const Index &Unit, ArrayRef<Teardown> Teardowns,
                         const Kernel &K, ASTContext &Ctx) {
  const FunctionDecl *Remove = nullptr;
  for (const Teardown &T : Teardowns)
    if (T.K == Teardown::Driver && !Remove)
      Remove = T.Root;
  std::optional<Devres> Tied;
  for (const CallResult &Result : Unit.Results) {
    if (K.means(calleeName(Result.Call), "devm-alloc") < 0 || !Result.In)
      continue;
    const RecordDecl *R = recordOf(Result.Type);
    if (!R || !Result.Type->isPointerType() ||
        Result.Type->getPointeeType()->isPointerType() || Allocated.count(R))
      continue;
    if (!Tied)
      Tied.emplace(Ctx, Unit, K.classDevices());
    // What is tied to a class device goes earlier: DevmOnClassDevice's.
    if (Result.Call->getNumArgs() &&
        !Tied->resolve(Result.Call->getArg(0), Result.In))
      Managed.insert(
          {R, Passing{Passing::Devres, Remove, Result.Call, Result.In}});
  }
}

void Storage::readCdevs(const Index &Unit) {
  auto owner = [](const Expr *E) -> const RecordDecl * {
    // `&p->cdev` and `&p->dev.kobj`: what holds the outermost member.
    const MemberExpr *Outer = nullptr;
    for (E = E->IgnoreParenCasts(); E;) {
      if (const auto *U = dyn_cast<UnaryOperator>(E)) {
        E = U->getSubExpr()->IgnoreParenCasts();
      } else if (const auto *M = dyn_cast<MemberExpr>(E)) {
        Outer = M;
        if (M->isArrow())
          break;
        E = M->getBase()->IgnoreParenCasts();
      } else {
        break;
      }
    }
    return Outer ? recordOf(Outer->getBase()->getType()) : nullptr;
  };
  for (const CallSite &Site : Unit.Calls) {
    StringRef Name = calleeName(Site.Call);
    if (!Site.Call->getNumArgs())
      continue;
    if (Name == "cdev_device_add" || Name == "cdev_set_parent") {
      for (const Expr *Arg : Site.Call->arguments())
        if (const RecordDecl *R = owner(Arg))
          Parents.insert(R);
    } else if (Name == "cdev_add") {
      const auto *U =
          dyn_cast<UnaryOperator>(Site.Call->getArg(0)->IgnoreParenCasts());
      if (U && U->getOpcode() == UO_AddrOf)
        if (const RecordDecl *R = owner(U))
          Added.try_emplace(R, Site.Call);
    }
  }
  // cdev->kobj.parent = &p->dev.kobj, by hand.
  for (const FieldStore &Store : Unit.Stores)
    if (Store.Field->getIdentifier() && Store.Field->getName() == "parent" &&
        ownerName(Store.Field) == "kobject")
      if (const RecordDecl *R = owner(Store.Value))
        Parents.insert(R);
}

void Storage::readCounts(const Index &Unit, ArrayRef<Door> Doors,
                         const Kernel &K, ASTContext &Ctx) {
  llvm::DenseSet<Identity> Opens, Closes;
  auto read = [&](const FunctionDecl *F, llvm::DenseSet<Identity> &Into) {
    for (const Event &E : tell(F, K, Ctx)) {
      if ((E.K == Event::Kill || E.K == Event::Change) && E.What)
        Into.insert(E.What);
      const auto *Call = dyn_cast_or_null<CallExpr>(E.Site);
      StringRef Name = Call ? calleeName(Call) : StringRef();
      if (Name.contains("atomic") || Name.contains("bit") ||
          Name.contains("refcount"))
        for (const Expr *Arg : Call->arguments())
          if (Identity Id = identify(Arg, K))
            Into.insert(Id);
    }
  };
  llvm::DenseSet<const VarDecl *> Seen;
  for (const Door &D : Doors) {
    if (D.Slot == "release")
      read(D.Function, Closes);
    if (Seen.insert(D.Table).second)
      if (const FunctionDecl *Def = definition(slotOf(D.Table, "open")))
        read(Def, Opens);
  }
  for (Identity Id : Opens)
    if (Closes.contains(Id))
      OpenCounts.insert(Id);
}

bool Storage::isCounted(const Story &Told, size_t Free,
                        const RecordDecl *R) const {
  for (size_t I = 0; I != Free; ++I) {
    const Event &E = Told[I];
    if (E.K == Event::Test && isOpenCount(E.What))
      return true;
    const auto *Call = dyn_cast_or_null<CallExpr>(E.Site);
    StringRef Name = Call ? calleeName(Call) : StringRef();
    if (E.In == Told[Free].In &&
        (Name.contains("and_test") || Name.ends_with("dec_return")) &&
        concerns(E, R))
      return true;
  }
  return false;
}

void Storage::readFrees(const Teardown &T, const Kernel &K) {
  for (size_t I = 0; I != T.Told.size(); ++I) {
    const Event &E = T.Told[I];
    const RecordDecl *R = freedBy(E, K);
    if (R && !E.Conditional && !E.Unwinds && !isCounted(T.Told, I, R))
      Frees.insert({R, Passing{Passing::Freed, T.Root, E.Site, E.In}});
  }
}

void Storage::readPuts(const Index &Unit, const Teardown &T, const Kernel &K,
                       ASTContext &Ctx) {
  llvm::DenseSet<const Expr *> Plain;
  for (const Event &E : T.Told)
    if (E.Site)
      Plain.insert(E.Site);
  // kref_put(&p->ref, free) with its callback told behind it.
  const Event *Put = nullptr;
  Story Told = tell(T.Root, K, Ctx, /*Puts=*/true);
  for (size_t I = 0; I != Told.size(); ++I) {
    const Event &E = Told[I];
    if (E.K == Event::Call && E.Callee->getIdentifier() &&
        K.means(E.Callee->getName(), "put") >= 0)
      Put = &E;
    const RecordDecl *R = freedBy(E, K);
    if (R && Put && !Plain.contains(E.Site) && !Put->Conditional &&
        !Put->Unwinds && !isCounted(Told, I, R))
      Puts.insert({R, Passing{Passing::LastPut, T.Root, Put->Site, Put->In}});
  }
  // put_device(&p->dev), whose release() frees p.
  for (const FieldStore &Store : Unit.Stores) {
    if (!Store.Field->getIdentifier() ||
        (Store.Field->getName() != "release" &&
         Store.Field->getName() != "dev_release"))
      continue;
    StringRef Owner = ownerName(Store.Field);
    if (Owner != "device" && Owner != "device_type" && Owner != "class")
      continue;
    const FunctionDecl *Def = definition(namedFunction(Store.Value));
    if (!Def)
      continue;
    for (const Event &E : tell(Def, K, Ctx)) {
      const RecordDecl *R = freedBy(E, K);
      if (!R || !embeds(R, "device"))
        continue;
      for (const Event &Gives : T.Told)
        if (Gives.K == Event::Call && Gives.Callee->getIdentifier() &&
            (Gives.Callee->getName() == "put_device" ||
             Gives.Callee->getName() == "device_unregister") &&
            !Gives.Conditional && !Gives.Unwinds && concerns(Gives, R))
          Puts.insert(
              {R, Passing{Passing::LastPut, T.Root, Gives.Site, Gives.In}});
    }
  }
}
