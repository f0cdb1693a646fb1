// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Fates.h"
#include "model/Kernel.h"
#include "clang/Analysis/CFG.h"

using namespace clang;
using namespace strongfence;

namespace {

/// All fields that \p E goes through, so that `&x->work.work` is `x->work` too.
void chain(const Expr *E, llvm::SmallVectorImpl<Identity> &Out) {
  for (E = bare(E); E;) {
    if (const auto *M = dyn_cast<MemberExpr>(E)) {
      Out.push_back(cast<ValueDecl>(M->getMemberDecl()->getCanonicalDecl()));
      E = bare(M->getBase());
    } else if (const auto *S = dyn_cast<ArraySubscriptExpr>(E)) {
      E = bare(S->getBase());
    } else {
      if (const auto *R = dyn_cast<DeclRefExpr>(E))
        Out.push_back(cast<ValueDecl>(R->getDecl()->getCanonicalDecl()));
      return;
    }
  }
}

} // namespace

std::string strongfence::quoted(StringRef Name) { return ("'" + Name + "'").str(); }

StringRef strongfence::shownName(const CallExpr *Call) {
  StringRef Name = calleeName(Call);
  Name.consume_front("__");
  return Name;
}

ClassDevice strongfence::attributeDevice(const CallExpr *Call,
                                         const AttributeRow &Row,
                                         const FunctionDecl *In,
                                         const Devres &Unit) {
  if (Row.Device >= Call->getNumArgs())
    return {};
  const Expr *E = bare(Call->getArg(Row.Device));
  if (const auto *M = dyn_cast_or_null<MemberExpr>(E))
    if (fieldName(M->getMemberDecl()) == "device.kobj")
      E = M->getBase();
  return Unit.resolve(E, In);
}

Fates::Fates(ASTContext &Ctx, const Kernel &K, const Devres &Unit)
    : Ctx(Ctx), Rows(K.classDevices()), K(K), Unit(Unit) {}

/// The expressions that control reaches after \p Call without going back to the
/// head of a loop: another turn is about another object.
const StmtSet *Fates::after(const CallExpr *Call, const FunctionDecl *In) {
  CFG::BuildOptions Options;
  Options.setAllAlwaysAdd();
  auto Graph = CFG::buildCFG(In, In->getBody(), &Ctx, Options);
  if (!Graph)
    return nullptr;
  const CFGBlock *Start = nullptr;
  unsigned At = 0;
  for (const CFGBlock *B : *Graph) {
    unsigned I = 0;
    for (const CFGElement &E : *B)
      if (auto S = E.getAs<CFGStmt>()) {
        ++I;
        if (S->getStmt() == Call) {
          Start = B;
          At = I;
        }
      }
  }
  if (!Start)
    return nullptr;
  auto Out = std::make_unique<StmtSet>();
  auto take = [&](const CFGBlock *B, unsigned From) {
    unsigned I = 0;
    for (const CFGElement &E : *B)
      if (auto S = E.getAs<CFGStmt>())
        if (I++ >= From)
          Out->insert(S->getStmt());
  };
  take(Start, At);
  llvm::SmallVector<const CFGBlock *, 16> Work = {Start};
  llvm::DenseSet<const CFGBlock *> Seen;
  Seen.insert(Start);
  while (!Work.empty()) {
    const CFGBlock *B = Work.pop_back_val();
    for (const CFGBlock *Next : B->succs())
      // Blocks are numbered from the exit, so an edge up is a loop's.
      if (Next && Next->getBlockID() < B->getBlockID() &&
          Seen.insert(Next).second) {
        take(Next, 0);
        Work.push_back(Next);
      }
  }
  Parts.push_back(std::move(Out));
  return Parts.back().get();
}

/// True when a call in \p Part of \p In passes \p Test, or one in a function
/// of the unit that it calls.
bool Fates::contains(const StmtSet *Part, const FunctionDecl *In,
                     llvm::function_ref<bool(const CallExpr *)> Test,
                     unsigned Depth) const {
  const BodyFacts *Facts = Unit.facts(In);
  if (!Facts)
    return false;
  for (const CallExpr *Call : Facts->Calls) {
    if (Part && !Part->contains(Call))
      continue;
    if (Test(Call))
      return true;
    const FunctionDecl *Callee = definition(Call->getDirectCallee());
    if (Callee && Depth && Callee != In &&
        contains(nullptr, Callee, Test, Depth - 1))
      return true;
  }
  return false;
}

/// The functions that \p E names, through the initialisers of variables.
void Fates::namedIn(const Expr *E,
                    llvm::SetVector<const FunctionDecl *> &Out) const {
  llvm::DenseSet<const VarDecl *> Seen;
  llvm::SmallVector<const Stmt *, 16> Work = {E};
  while (!Work.empty()) {
    const Stmt *S = Work.pop_back_val();
    if (!S)
      continue;
    if (const auto *Ref = dyn_cast<DeclRefExpr>(S)) {
      if (const auto *F = dyn_cast<FunctionDecl>(Ref->getDecl())) {
        if (const FunctionDecl *Def = definition(F))
          Out.insert(Def);
      } else if (const auto *V = dyn_cast<VarDecl>(Ref->getDecl())) {
        const VarDecl *Def = V->getInitializingDeclaration();
        if (Def && Def->hasGlobalStorage() && Seen.insert(Def).second)
          Work.push_back(Def->getInit());
      }
    }
    for (const Stmt *Child : S->children())
      Work.push_back(Child);
  }
}

void Fates::findDeletions(const ClassDevice &D, Fate &F) {
  static const llvm::StringMap<unsigned> Primitives = {
      {"device_del", 0}, {"device_unregister", 0}, {"cdev_device_del", 1}};
  llvm::DenseSet<const FunctionDecl *> Deleters;
  for (auto &[In, Facts] : Unit.bodies())
    for (const CallExpr *Call : Facts.Calls) {
      StringRef Name = calleeName(Call);
      bool Deletes = D.Row && llvm::is_contained(D.Row->DeletedBy, Name);
      auto It = Primitives.find(Name);
      if (!Deletes && It != Primitives.end() &&
          It->second < Call->getNumArgs()) {
        const Expr *Arg = Call->getArg(It->second);
        ClassDevice Of = Unit.resolve(Arg, In);
        // What device_create() returned is found again by its driver data or
        // its number, not by a field that this unit shows.
        Deletes = Of.Id == D.Id ||
                  (!Of && isa<VarDecl>(D.Id) && !isa<MemberExpr>(bare(Arg)));
      }
      Deletes |= Name == "device_destroy" && isa<VarDecl>(D.Id);
      if (!Deletes)
        continue;
      F.Deletions.emplace_back(Call, In);
      Deleters.insert(In);
    }
  for (auto &[In, Facts] : Unit.bodies())
    for (const CallExpr *Call : Facts.Calls) {
      StringRef Name = calleeName(Call);
      const ManagedRow *Row = Rows.managed(Name);
      if ((D.Row && llvm::is_contained(D.Row->ManagedBy, Name)) ||
          (Row && Row->Kind == ManagedKind::Action && Call->getNumArgs() > 1 &&
           Deleters.contains(definition(namedFunction(Call->getArg(1))))))
        F.ManagedDeletions.emplace_back(Call, In);
    }
  if (!F.Deletions.empty())
    F.DeletedBy = calleeName(F.Deletions.front().first).str();
  else if (D.Row && !D.Row->DeletedBy.empty())
    F.DeletedBy = D.Row->DeletedBy.front();
}

void Fates::addSlots(const ClassDevice &D, Fate &F) {
  if (!D.Row)
    return;
  auto add = [&](const FunctionDecl *Fn, StringRef Slot, SourceLocation Loc) {
    F.Late.push_back({Fn, nullptr,
                      {Loc, quoted(Fn->getName()) + " is given to " +
                                quoted(Slot) + ", which can run after " +
                                quoted(F.DeletedBy) + " freed the devres"}});
  };
  for (StringRef Slot : D.Row->LateSlots) {
    if (Slot.consume_back("()")) {
      for (auto &[In, Facts] : Unit.bodies())
        for (const CallExpr *Call : Facts.Calls)
          if (calleeName(Call) == Slot)
            for (const Expr *Arg : Call->arguments())
              if (const FunctionDecl *Fn = definition(namedFunction(Arg)))
                add(Fn, Slot, Call->getBeginLoc());
    } else if (Slot.consume_back("*")) {
      for (const auto &Entry : Unit.slots())
        if (Entry.getKey().starts_with(Slot))
          for (const SlotUse &Use : Entry.getValue())
            add(Use.Function, Entry.getKey(), Use.Loc);
    } else {
      for (const SlotUse &Use : Unit.slot(Slot))
        add(Use.Function, Slot, Use.Loc);
    }
  }
}

/// release and uevent of a device that the unit sets up itself.
void Fates::addCallbacks(const ClassDevice &D, Fate &F) {
  auto add = [&](const FunctionDecl *Fn, StringRef Slot, SourceLocation Loc) {
    F.Late.push_back({Fn, nullptr,
                      {Loc, quoted(Fn->getName()) + " is the device's " +
                                quoted(Slot) +
                                " callback, which the driver core calls after "
                                "it freed the devres"}});
  };
  for (const SlotUse &Use : Unit.slot("device.release"))
    if (Use.Object && Unit.resolve(Use.Object, Use.In).Id == D.Id)
      add(Use.Function, "release", Use.Loc);
  for (auto &[In, Facts] : Unit.bodies())
    for (const BinaryOperator *A : Facts.Assignments) {
      const auto *M = dyn_cast<MemberExpr>(A->getLHS()->IgnoreParens());
      if (!M)
        continue;
      std::string Name = fieldName(M->getMemberDecl());
      if ((Name != "device.class" && Name != "device.type") ||
          Unit.resolve(M->getBase(), In).Id != D.Id)
        continue;
      const auto *V = dyn_cast_or_null<VarDecl>(target(A->getRHS()));
      V = V ? V->getInitializingDeclaration() : nullptr;
      if (!V)
        continue;
      for (StringRef Slot : {"class.dev_release", "class.dev_uevent",
                             "device_type.release", "device_type.uevent"})
        for (const SlotUse &Use : Unit.slot(Slot))
          if (Use.Table == V->getCanonicalDecl())
            add(Use.Function, Slot.split('.').second, Use.Loc);
    }
}

void Fates::addAfterDeletion(const ClassDevice &D, Fate &F) {
  for (const Site &Deletion : F.Deletions) {
    Site At = Deletion;
    for (unsigned Level = 0; Level != 3; ++Level) {
      const StmtSet *Part = after(At.first, At.second);
      if (!Part)
        break;
      F.Late.push_back({At.second, Part,
                        {Deletion.first->getBeginLoc(),
                         quoted(calleeName(Deletion.first)) +
                             " frees the devres before that"}});
      addAsyncs(F, At, *Part);
      // A function that only tears down: its caller goes on without the device.
      const auto &Callers = Unit.callers(At.second);
      if (!At.second->getReturnType()->isVoidType() || Callers.size() != 1)
        break;
      At = Callers.front();
    }
  }
}

/// Interrupts, work and timers that the unit stops only after \p At.
void Fates::addAsyncs(Fate &F, const Site &At, const StmtSet &After) {
  auto consider = [&](const AsyncRow &Row, llvm::ArrayRef<Identity> Objects,
                      const FunctionDecl *Handler, SourceLocation Loc) {
    auto Stops = [&](const CallExpr *Call) {
      if (!K.asyncs().stops(Row, calleeName(Call)))
        return false;
      if (Objects.empty() || Call->getNumArgs() == 0)
        return true;
      llvm::SmallVector<Identity, 4> Of;
      chain(Call->getArg(0), Of);
      return !Of.empty() && llvm::is_contained(Objects, Of.front());
    };
    if (contains(&After, At.second, Stops))
      F.Late.push_back({Handler, nullptr,
                        {Loc, quoted(Handler->getName()) +
                                  " runs on its own and is stopped only after " +
                                  quoted(F.DeletedBy)}});
  };
  for (auto &[In, Facts] : Unit.bodies())
    for (const CallExpr *Call : Facts.Calls) {
      const AsyncRow *Row = K.asyncs().start(calleeName(Call));
      if (!Row)
        continue;
      llvm::SmallVector<Identity, 4> Objects;
      if (Row->Object >= 0 && unsigned(Row->Object) < Call->getNumArgs())
        chain(Call->getArg(Row->Object), Objects);
      for (unsigned I : Row->Handlers)
        if (I < Call->getNumArgs())
          if (const FunctionDecl *H = definition(namedFunction(Call->getArg(I))))
            consider(*Row, Objects, H, Call->getBeginLoc());
    }
  for (const auto &Entry : Unit.slots())
    if (const AsyncRow *Row = K.asyncs().start(Entry.getKey()))
      for (const SlotUse &Use : Entry.getValue()) {
        llvm::SmallVector<Identity, 4> Objects;
        if (Use.Object)
          chain(Use.Object, Objects);
        consider(*Row, Objects, Use.Function, Use.Loc);
      }
}

/// What \p In ties to other devices before \p Until. Devres undoes it in the
/// opposite order, so after what \p Until registered.
void Fates::addTied(const FunctionDecl *In, const CallExpr *Until,
                    StringRef Then, unsigned Depth, Fate &F) {
  const BodyFacts *Facts = Unit.facts(In);
  if (!Facts)
    return;
  for (const CallExpr *Call : Facts->Calls) {
    if (Call == Until)
      return;
    StringRef Name = calleeName(Call);
    auto add = [&](unsigned Argument, StringRef Is) {
      if (Argument < Call->getNumArgs())
        if (const FunctionDecl *Fn =
                definition(namedFunction(Call->getArg(Argument))))
          F.Late.push_back({Fn, nullptr,
                            {Call->getBeginLoc(), (quoted(Fn->getName()) +
                                                   Is + Then).str()}});
    };
    const AsyncRow *Row = K.asyncs().start(Name);
    if (Row && Row->Device >= 0 && unsigned(Row->Device) < Call->getNumArgs() &&
        !Unit.resolve(Call->getArg(Row->Device), In))
      for (unsigned I : Row->Handlers)
        add(I, " runs on its own; it is ");
    const ManagedRow *Tied = Rows.managed(Name);
    if (Tied && Tied->Kind == ManagedKind::Action &&
        !Unit.resolve(Call->getArg(0), In))
      add(1, " is an action ");
    if (Depth)
      if (const FunctionDecl *Callee = definition(Call->getDirectCallee()))
        if (Callee != In && Unit.facts(Callee))
          addTied(Callee, Until, Then, Depth - 1, F);
  }
}

void Fates::addAttributes(const ClassDevice &D, Fate &F) {
  for (auto &[In, Facts] : Unit.bodies())
    for (const CallExpr *Call : Facts.Calls) {
      const AttributeRow *Row = Rows.attribute(calleeName(Call));
      if (!Row || Row->Attribute >= Call->getNumArgs() ||
          attributeDevice(Call, *Row, In, Unit).Id != D.Id)
        continue;
      // A removal beside the addition is for its error path.
      bool Removed = false;
      for (auto &[Other, OtherFacts] : Unit.bodies())
        if (Other != In)
          for (const CallExpr *C : OtherFacts.Calls)
            Removed |= llvm::is_contained(Row->Remove, calleeName(C));
      if (Removed)
        continue;
      llvm::SetVector<const FunctionDecl *> Functions;
      namedIn(Call->getArg(Row->Attribute), Functions);
      for (const FunctionDecl *Fn : Functions)
        F.Late.push_back(
            {Fn, nullptr,
             {Call->getBeginLoc(),
              quoted(Fn->getName()) +
                  " serves a sysfs file added by hand, which kobject_del() "
                  "drains after the devres are freed"}});
    }
}

/// Operations on files that stay open when the unit deletes its device.
void Fates::addDoors(const ClassDevice &D, Fate &F) {
  if (D.Row || F.Deletions.empty())
    return;
  auto locks = [&](const FunctionDecl *Fn, const StmtSet *Not,
                   llvm::DenseSet<Identity> &Out) {
    if (const BodyFacts *Facts = Unit.facts(Fn))
      for (const CallExpr *Call : Facts->Calls)
        if (const LockRow *Row = K.lock(calleeName(Call)))
          if (Row->Argument < Call->getNumArgs() &&
              !(Not && Not->contains(Call)))
            if (Identity Id = target(Call->getArg(Row->Argument)))
              Out.insert(Id);
  };
  // A door that takes a lock which teardown takes before it deletes the device
  // is left to UnfencedFileOp and RacyAliveCheck.
  llvm::DenseSet<Identity> Before;
  for (const Site &Deletion : F.Deletions)
    locks(Deletion.second, after(Deletion.first, Deletion.second), Before);
  for (const auto &Entry : Unit.slots()) {
    StringRef Slot = Entry.getKey();
    if (!Slot.starts_with("file_operations.") || Slot.ends_with(".open"))
      continue;
    for (const SlotUse &Use : Entry.getValue()) {
      llvm::DenseSet<Identity> Held;
      locks(Use.Function, nullptr, Held);
      if (llvm::any_of(Held, [&](Identity L) { return Before.contains(L); }))
        continue;
      F.Late.push_back({Use.Function, nullptr,
                        {Use.Loc, quoted(Use.Function->getName()) +
                                      " serves files that stay open after " +
                                      quoted(F.DeletedBy)}});
    }
  }
}

const Fate &Fates::of(const ClassDevice &D) {
  std::unique_ptr<Fate> &Slot = Known[D.Id];
  if (Slot)
    return *Slot;
  Slot = std::make_unique<Fate>();
  Fate &F = *Slot;
  findDeletions(D, F);
  addSlots(D, F);
  addCallbacks(D, F);
  addAfterDeletion(D, F);
  for (const Site &Deletion : F.ManagedDeletions)
    addTied(Deletion.second, Deletion.first,
            "undone after " + quoted(F.DeletedBy) +
                ", for it is registered before " +
                quoted(shownName(Deletion.first)),
            2, F);
  addAttributes(D, F);
  addDoors(D, F);
  return F;
}
