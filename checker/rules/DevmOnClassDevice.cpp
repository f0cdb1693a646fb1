// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// teardown.DevmOnClassDevice: a managed resource is tied to a device that no
// driver is bound to. Its devres are not freed when the driver unbinds, and
// not when the last reference goes: device_del() frees them, synchronously,
// whoever still holds the device (devres_release_all() in device_del(), and
// again in device_release() before the release callback).
//
// Reported: the resource has a user that can still run then. Users are the
// slots that the core enters late (checker/kernel/class-devices.yaml), code
// that the unit runs after the call that deletes the device, interrupts, work
// and timers that are stopped after it, release and uevent callbacks, sysfs
// files added by hand, operations on open files. When the resource is kept in a
// struct that other units see, the row of the device says whether users remain.
//
// Information only, not printed by default: the wrong device without such a
// user. Silent: devices on a bus, which a driver binds to.
//
// Not seen: users in another unit of a device without a row, and resources
// whose pointer leaves through a table or a list.

#include "model/Devres.h"
#include "model/Fingerprint.h"
#include "model/PathState.h"
#include "model/Record.h"
#include "clang/Analysis/CFG.h"

using namespace clang;
using namespace ento;
using namespace strongfence;

namespace {

using StmtSet = llvm::DenseSet<const Stmt *>;

/// A story told by a note.
struct Told {
  SourceLocation Loc;
  std::string Text;
};

/// Code that can run after the device's devres are freed.
struct LateCode {
  const FunctionDecl *Function;
  const StmtSet *Part = nullptr; ///< null: all of it
  Told Why;
};

struct Judgement {
  const Managed *Resource;
  bool Hygiene = false;
  bool Low = false; ///< on an error path only
  std::string Message;
  std::string DeletedBy;
  std::vector<Told> Notes;
};

std::string quoted(StringRef Name) { return ("'" + Name + "'").str(); }

/// What the source calls it: devm_add_action() is a macro.
StringRef shownName(const CallExpr *Call) {
  StringRef Name = calleeName(Call);
  Name.consume_front("__");
  return Name;
}

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

class Judge {
public:
  Judge(ASTContext &Ctx, const Index &Read, const Kernel &K)
      : Ctx(Ctx), Rows(K.classDevices()), K(K), Unit(Ctx, Read, Rows) {}

  std::vector<Judgement> judgements() {
    std::vector<Judgement> Out;
    for (const Managed &M : Unit.managed())
      Out.push_back(judge(M));
    return Out;
  }

private:
  using Site = std::pair<const CallExpr *, const FunctionDecl *>;

  ASTContext &Ctx;
  const ClassDevices &Rows;
  const Kernel &K;
  Devres Unit;

  /// What becomes of one device.
  struct Fate {
    std::vector<Site> Deletions;
    /// Calls by which devres of another device will delete this one.
    std::vector<Site> ManagedDeletions;
    std::string DeletedBy = "device_del";
    std::vector<LateCode> Late;
  };
  llvm::DenseMap<Identity, std::unique_ptr<Fate>> Fates;
  std::vector<std::unique_ptr<StmtSet>> Parts;

  const Fate &fate(const ClassDevice &D);
  void findDeletions(const ClassDevice &D, Fate &F);
  void addSlots(const ClassDevice &D, Fate &F);
  void addCallbacks(const ClassDevice &D, Fate &F);
  void addAfterDeletion(const ClassDevice &D, Fate &F);
  void addAsyncs(Fate &F, const Site &At, const StmtSet &After);
  void addTied(const FunctionDecl *In, const CallExpr *Until, StringRef Then,
               unsigned Depth, Fate &F);
  void addAttributes(const ClassDevice &D, Fate &F);
  void addDoors(const ClassDevice &D, Fate &F);

  ClassDevice attributeDevice(const CallExpr *Call, const AttributeRow &Row,
                              const FunctionDecl *In) const;
  bool contains(const StmtSet *Part, const FunctionDecl *In,
                llvm::function_ref<bool(const CallExpr *)> Test,
                unsigned Depth = 3) const;
  const StmtSet *after(const CallExpr *Call, const FunctionDecl *In);
  void namedIn(const Expr *E, llvm::SetVector<const FunctionDecl *> &Out) const;

  const Expr *use(const Managed &M, const FunctionDecl *F, const StmtSet *Part,
                  const FunctionDecl *&In,
                  llvm::DenseSet<const FunctionDecl *> &Seen) const;
  bool shared(const Managed &M) const;
  bool keptByReference(const Managed &M) const;
  bool inHandAddedGroup(const Managed &M) const;
  const CallExpr *handedOver(const Managed &M) const;
  const FieldDecl *goneBefore(const Managed &M);
  Judgement judge(const Managed &M);
};

/// The expressions that control reaches after \p Call without going back to the
/// head of a loop: another turn is about another object.
const StmtSet *Judge::after(const CallExpr *Call, const FunctionDecl *In) {
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
bool Judge::contains(const StmtSet *Part, const FunctionDecl *In,
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
void Judge::namedIn(const Expr *E,
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

void Judge::findDeletions(const ClassDevice &D, Fate &F) {
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

void Judge::addSlots(const ClassDevice &D, Fate &F) {
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
void Judge::addCallbacks(const ClassDevice &D, Fate &F) {
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

void Judge::addAfterDeletion(const ClassDevice &D, Fate &F) {
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
void Judge::addAsyncs(Fate &F, const Site &At, const StmtSet &After) {
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
void Judge::addTied(const FunctionDecl *In, const CallExpr *Until,
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

ClassDevice Judge::attributeDevice(const CallExpr *Call,
                                   const AttributeRow &Row,
                                   const FunctionDecl *In) const {
  if (Row.Device >= Call->getNumArgs())
    return {};
  const Expr *E = bare(Call->getArg(Row.Device));
  if (const auto *M = dyn_cast_or_null<MemberExpr>(E))
    if (fieldName(M->getMemberDecl()) == "device.kobj")
      E = M->getBase();
  return Unit.resolve(E, In);
}

void Judge::addAttributes(const ClassDevice &D, Fate &F) {
  for (auto &[In, Facts] : Unit.bodies())
    for (const CallExpr *Call : Facts.Calls) {
      const AttributeRow *Row = Rows.attribute(calleeName(Call));
      if (!Row || Row->Attribute >= Call->getNumArgs() ||
          attributeDevice(Call, *Row, In).Id != D.Id)
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
void Judge::addDoors(const ClassDevice &D, Fate &F) {
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

const Judge::Fate &Judge::fate(const ClassDevice &D) {
  std::unique_ptr<Fate> &Slot = Fates[D.Id];
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

/// The first use of \p M in \p F, or in a function of the unit that it calls.
const Expr *Judge::use(const Managed &M, const FunctionDecl *F,
                       const StmtSet *Part, const FunctionDecl *&In,
                       llvm::DenseSet<const FunctionDecl *> &Seen) const {
  const BodyFacts *Facts = Unit.facts(F);
  if (!Facts)
    return nullptr;
  for (const MemberExpr *E : Facts->Members) {
    if (Part && !Part->contains(E))
      continue;
    In = F;
    Identity Id = cast<ValueDecl>(E->getMemberDecl()->getCanonicalDecl());
    if (M.Kept.contains(Id) && !Facts->Targets.contains(E))
      return E;
    QualType Base = E->getBase()->getType();
    if (M.Type && E->isArrow() && Base->isPointerType())
      if (const RecordDecl *R = Base->getPointeeType()->getAsRecordDecl())
        if (R->getCanonicalDecl() == M.Type)
          return E;
  }
  for (Identity Id : M.Kept)
    if (const auto *V = dyn_cast<VarDecl>(Id)) {
      auto It = Facts->References.find(V);
      if (It != Facts->References.end())
        for (const DeclRefExpr *Ref : It->second)
          if (!Part || Part->contains(Ref)) {
            In = F;
            return Ref;
          }
    }
  for (const CallExpr *Call : Facts->Calls) {
    if (Part && !Part->contains(Call))
      continue;
    llvm::SmallVector<const FunctionDecl *, 4> Callees;
    if (const FunctionDecl *Callee = definition(Call->getDirectCallee()))
      Callees.push_back(Callee);
    else if (const auto *Slot = dyn_cast<MemberExpr>(
                 Call->getCallee()->IgnoreParenImpCasts()))
      for (const SlotUse &Each : Unit.slot(fieldName(Slot->getMemberDecl())))
        Callees.push_back(Each.Function);
    for (const FunctionDecl *Callee : Callees)
      if (Seen.insert(Callee).second)
        if (const Expr *E = use(M, Callee, nullptr, In, Seen))
          return E;
  }
  return nullptr;
}

/// True when other units can see where the resource is kept.
bool Judge::shared(const Managed &M) const {
  for (Identity Id : M.Kept)
    if (!Unit.inUnit(Id))
      return true;
  return M.Type && !Unit.inUnit(M.Type);
}

bool Judge::keptByReference(const Managed &M) const {
  if (!M.Row || M.Row->KeptBy.empty())
    return false;
  for (auto &[In, Facts] : Unit.bodies())
    for (const CallExpr *Call : Facts.Calls)
      if (calleeName(Call) == M.Row->KeptBy && Call->getNumArgs() > 0)
        if (Identity Id = target(Call->getArg(0)))
          if (M.Kept.contains(Id) ||
              (isa<VarDecl>(Id) && M.Locals.contains(cast<VarDecl>(Id))))
            return true;
  return false;
}

/// The resource is part of a group of attributes that is added by hand.
bool Judge::inHandAddedGroup(const Managed &M) const {
  bool Part = llvm::any_of(M.Kept, [](Identity Id) {
    StringRef Owner = ownerName(Id);
    return Owner == "attribute_group" || Owner == "attribute" ||
           Owner == "bin_attribute" || Owner == "device_attribute";
  });
  const BodyFacts *Facts = Part ? Unit.facts(M.In) : nullptr;
  if (!Facts)
    return false;
  return llvm::any_of(Facts->Calls, [&](const CallExpr *Call) {
    const AttributeRow *Row = Rows.attribute(calleeName(Call));
    return Row && attributeDevice(Call, *Row, M.In).Id == M.Device.Id;
  });
}

/// A call through a pointer that passes on, to another unit, the struct that
/// holds the resource.
const CallExpr *Judge::handedOver(const Managed &M) const {
  const BodyFacts *Facts = Unit.facts(M.In);
  bool After = false;
  for (const CallExpr *Call : Facts->Calls) {
    After |= Call == M.Call;
    if (!After || Call->getDirectCallee())
      continue;
    for (const Expr *Arg : Call->arguments())
      for (Identity Id : M.Kept)
        if (!ownerName(Id).empty() && !Unit.inUnit(Id) &&
            Arg->getType()->isPointerType() &&
            structName(Arg->getType()) == ownerName(Id))
          return Call;
  }
  return nullptr;
}

/// A device that was never added is released by the last put. When devres of
/// its parent do that put, what was tied to the parent since the allocation
/// goes first. Returns such a field that the interrupt's handler uses.
const FieldDecl *Judge::goneBefore(const Managed &M) {
  const BodyFacts *Facts = Unit.facts(M.In);
  const AsyncRow *Async = K.asyncs().start(calleeName(M.Call));
  if (!M.Device.Row || !Async)
    return nullptr;
  Identity Parent = nullptr;
  Managed Since;
  for (const CallExpr *Call : Facts->Calls) {
    if (Call == M.Call)
      break;
    if (Call->getNumArgs() == 0)
      continue;
    StringRef Name = calleeName(Call);
    if (llvm::is_contained(M.Device.Row->AllocatedBy, Name)) {
      Parent = target(Call->getArg(0));
      continue;
    }
    const ManagedRow *Row = Rows.managed(Name);
    StringRef Plain = Name;
    Plain.consume_front("__");
    if (Parent && target(Call->getArg(0)) == Parent &&
        Plain.starts_with("devm_") && Call->getType()->isPointerType() &&
        (!Row || Row->Kind == ManagedKind::Memory))
      Unit.keepResult(Since, Call, M.In);
  }
  if (Since.Kept.empty())
    return nullptr;
  for (unsigned I : Async->Handlers) {
    const FunctionDecl *Handler =
        I < M.Call->getNumArgs()
            ? definition(namedFunction(M.Call->getArg(I)))
            : nullptr;
    if (!Handler)
      continue;
    const FunctionDecl *In = nullptr;
    llvm::DenseSet<const FunctionDecl *> Seen;
    if (const auto *Use = dyn_cast_or_null<MemberExpr>(
            use(Since, Handler, nullptr, In, Seen)))
      return dyn_cast<FieldDecl>(Use->getMemberDecl());
  }
  return nullptr;
}

Judgement Judge::judge(const Managed &M) {
  const ClassDeviceRow *Row = M.Device.Row;
  const Fate &F = fate(M.Device);
  Judgement Out;
  Out.Resource = &M;
  Out.DeletedBy = F.DeletedBy;
  std::string What = !M.Kept.empty()     ? quoted(M.Kept.front()->getName())
                     : !M.Locals.empty() ? quoted(M.Locals.front()->getName())
                     : M.Kind == ManagedKind::Interrupt ? "an interrupt"
                                                        : "a resource";
  std::string Ties = quoted(shownName(M.Call)) + " ties " + What +
                     " to class device " + quoted(fieldName(M.Device.Id));
  std::string Whose = Ties + ", whose devres " + quoted(F.DeletedBy);
  auto note = [&](SourceLocation Loc, std::string Text) {
    Out.Notes.push_back({Loc, std::move(Text)});
  };
  if (M.Via)
    note(M.Via->getBeginLoc(), quoted(fieldName(M.Device.Id)) +
                                   " is passed to " +
                                   quoted(M.In->getName()));
  if (M.KeptAt)
    note(M.KeptAt->getBeginLoc(), What + " is kept by this");
  bool Held = M.Kind == ManagedKind::Memory || M.Kind == ManagedKind::Action;

  if (Row && Row->Stored == LateUse::Always) {
    Out.Message = Ties + ", to which no driver is bound, and " + Row->Users;
    return Out;
  }
  if (Unit.isCopy(M.Device.Id)) {
    Out.Message = Ties + ", a copy of another device, which nobody frees";
    return Out;
  }
  if (M.Kind == ManagedKind::DebugfsFile && Row && Row->DebugfsLate) {
    Out.Message = Whose + " frees while the debugfs file is still there";
    return Out;
  }
  if (Row && M.Row && M.Row->LateOn == Row->Device) {
    Out.Message = Whose + " frees before it stops using them";
    return Out;
  }
  if (Held && inHandAddedGroup(M)) {
    Out.Message = Whose + " frees before the sysfs files that use it are gone";
    return Out;
  }
  if (Held && Row)
    for (Identity Id : M.Kept)
      if (llvm::is_contained(Row->LateFields, fieldName(Id))) {
        Out.Message = Whose + " frees before the core last reads " +
                      quoted(fieldName(Id));
        return Out;
      }
  if (Held && !keptByReference(M)) {
    for (const LateCode &Late : F.Late) {
      llvm::DenseSet<const FunctionDecl *> Seen;
      Seen.insert(Late.Function);
      const FunctionDecl *In = nullptr;
      const Expr *Use = use(M, Late.Function, Late.Part, In, Seen);
      if (!Use)
        continue;
      Out.Message = Whose + (Late.Part ? " frees before " : " frees while ") +
                    quoted(In->getName()) +
                    (Late.Part ? " uses it" : " still uses it");
      note(Late.Why.Loc, Late.Why.Text);
      note(Use->getBeginLoc(), quoted(In->getName()) + " uses it");
      return Out;
    }
    if (Row && Row->Stored == LateUse::Likely && shared(M)) {
      Out.Message =
          Whose + " frees while " + Row->Users + " can still use it";
      return Out;
    }
    if (!Row && M.Kind == ManagedKind::Memory && shared(M))
      if (const CallExpr *Call = handedOver(M)) {
        Out.Message = Whose + " frees while other units can still use it";
        note(Call->getBeginLoc(), "This call hands the struct that keeps " +
                                      What + " to another unit");
        return Out;
      }
  }
  if (M.Kind == ManagedKind::Interrupt)
    if (const FieldDecl *Gone = goneBefore(M)) {
      Out.Low = true;
      Out.Message = Ties + "; when the device is never added, " +
                    quoted(Gone->getName()) + ", which the handler uses, is " +
                    "freed before the interrupt";
      return Out;
    }
  Out.Hygiene = true;
  Out.Message = Whose + " frees, and not the driver's unbind";
  return Out;
}

class DevmOnClassDevice : public Checker<check::ASTDecl<TranslationUnitDecl>> {
  const BugType Type{this, "Managed resource on a class device", "Teardown"};

public:
  void checkASTDecl(const TranslationUnitDecl *, AnalysisManager &Mgr,
                    BugReporter &BR) const {
    const UnitModel *Model = modelOf(*Mgr.getCheckerManager());
    if (!Model)
      return;
    Judge Unit(Mgr.getASTContext(), Model->Unit, Model->K);
    for (const Judgement &J : Unit.judgements())
      report(J, *Model, BR);
  }

private:
  void report(const Judgement &J, const UnitModel &Model,
              BugReporter &BR) const {
    Record *R = currentRecord();
    // Clang's own consumers know no severity, so they see no hygiene.
    if (J.Hygiene && !R)
      return;
    const SourceManager &SM = BR.getSourceManager();
    auto at = [&](SourceLocation Loc) {
      return PathDiagnosticLocation(SM.getExpansionLoc(Loc), SM);
    };
    auto Report = std::make_unique<BasicBugReport>(
        Type, J.Message, at(J.Resource->Call->getBeginLoc()));
    Report->setDeclWithIssue(J.Resource->In);
    for (const Told &Each : J.Notes)
      Report->addNote(Each.Text, at(Each.Loc));
    if (R) {
      FindingDetail Detail;
      Detail.Severity = J.Hygiene ? "info"
                        : J.Low   ? "low"
                                  : Model.severity(nullptr).str();
      Detail.Struct = fieldName(J.Resource->Device.Id);
      Detail.Teardown = J.DeletedBy;
      R->Details[{"teardown.DevmOnClassDevice", J.Message}] = Detail;
    }
    noteFingerprint(*Report, "DevmOnClassDevice", /*Door=*/"", BR);
    BR.emitReport(std::move(Report));
  }
};

} // namespace

void registerDevmOnClassDevice(CheckerManager &Mgr) {
  Mgr.registerChecker<DevmOnClassDevice>();
}
