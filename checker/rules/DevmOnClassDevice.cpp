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

#include "model/Fates.h"
#include "model/Fingerprint.h"
#include "model/PathState.h"
#include "model/Record.h"

using namespace clang;
using namespace ento;
using namespace strongfence;

namespace {

struct Judgement {
  const Managed *Resource;
  bool Hygiene = false;
  bool Low = false; ///< on an error path only
  std::string Message;
  std::string DeletedBy;
  std::vector<Told> Notes;
};

class Judge {
public:
  Judge(ASTContext &Ctx, const Index &Read, const Kernel &K)
      : Rows(K.classDevices()), K(K), Unit(Ctx, Read, Rows),
        Ends(Ctx, K, Unit) {}

  std::vector<Judgement> judgements() {
    std::vector<Judgement> Out;
    for (const Managed &M : Unit.managed())
      Out.push_back(judge(M));
    return Out;
  }

private:
  const ClassDevices &Rows;
  const Kernel &K;
  Devres Unit;

  Fates Ends;

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
    return Row && attributeDevice(Call, *Row, M.In, Unit).Id == M.Device.Id;
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
  const Fate &F = Ends.of(M.Device);
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
