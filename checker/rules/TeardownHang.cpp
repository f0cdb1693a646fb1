// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// teardown.TeardownHang: teardown waits for code that does not finish
// (obligation F6).
//
// Found: an operation sleeps, until a signal or for ever, under a lock that
// teardown needs, in a file of debugfs or proc whose removal waits for it, or
// where a core calls it under a lock of its own, and teardown does not make
// the sleeper's condition true and wake it before; teardown holds a lock while
// it waits for an attribute, a file of debugfs, an open, a work, a timer or an
// interrupt that takes that lock. Not found: a sleep that time ends, one in
// another unit, and one on hardware that answers while it is there.

#include "model/Drains.h"
#include "model/PathState.h"
#include "model/Report.h"
#include "model/Sleeps.h"

using namespace clang;
using namespace ento;
using namespace strongfence;

namespace {

class Judge {
public:
  Judge(const UnitModel &Model, ASTContext &Ctx, const BugType &Type,
        BugReporter &BR)
      : Model(Model), K(Model.K), Ctx(Ctx), Type(Type), BR(BR),
        Waits(Model, Ctx) {}

  void run() {
    for (const Door &D : Model.Doors)
      if (D.Kind)
        door(D);
    for (const CoreLockRow &Row : K.coreLocks())
      coreLock(Row);
    for (const Teardown &T : Model.Teardowns)
      underLock(T);
  }

private:
  const UnitModel &Model;
  const Kernel &K;
  ASTContext &Ctx;
  const BugType &Type;
  BugReporter &BR;
  Drains Waits;
  llvm::DenseMap<const FunctionDecl *, Story> Stories;
  llvm::DenseSet<const Expr *> Reported;

  const Story &story(const FunctionDecl *F) {
    auto [It, New] = Stories.try_emplace(F);
    if (New)
      It->second = tell(F, K, Ctx);
    return It->second;
  }

  static bool isName(const Event &E) {
    return E.K == Event::Call && E.Callee->getIdentifier();
  }

  /// A command that the hardware answers is not waited for long while it is
  /// there; and when it was pulled out nobody answers.
  static bool isEndless(const Event &E, const Teardown &T) {
    if (E.K != Event::Sleep || E.Timed || !E.Signal)
      return false;
    return !E.What || T.Hotplug ||
           structName(E.What->getType()) != "completion";
  }

  Effects before(const Teardown &T, size_t End) {
    Effects Done;
    bool Ended = T.Slots && structName(T.Slots->getType()) == "usb_driver";
    for (size_t I = 0; I != End; ++I)
      Ended |= isName(T.Told[I]) &&
               K.means(T.Told[I].Callee->getName(), "end-transfer") >= 0;
    // usb_unbind_interface() ends all transfers before it calls disconnect.
    if (Ended)
      addEndedTransfers(Model.Unit, K, Ctx, Done);
    addEffects(llvm::ArrayRef(T.Told).take_front(End), Ctx, Done);
    return Done;
  }

  void door(const Door &D) {
    for (const Event &E : story(D.Function)) {
      if (E.K != Event::Sleep || !E.What || Reported.count(E.Site))
        continue;
      for (const Teardown &T : Model.Teardowns)
        if (isEndless(E, T) && sleeper(D, E, T)) {
          Reported.insert(E.Site);
          break;
        }
    }
  }

  bool sleeper(const Door &D, const Event &E, const Teardown &T) {
    for (size_t I = 0; I != T.Told.size(); ++I) {
      const Event &Step = T.Told[I];
      if (Step.Unwinds)
        continue;
      if (Identity L = needs(Step, E)) {
        if (ends(E, before(T, I), Model.Unit, K, Ctx))
          return false;
        report(D.Function, &D, E, T, Step, L);
        return true;
      }
      if (D.CoreFenced && isName(Step) &&
          K.means(Step.Callee->getName(), "drain") >= 0 &&
          Waits.mayRemove(Step, D.Table)) {
        if (ends(E, before(T, I), Model.Unit, K, Ctx))
          return false;
        report(D.Function, &D, E, T, Step, nullptr);
        return true;
      }
      const auto &Close = Model.Gate.WaitsForClose;
      if (Close && Close->Shape == "S7" && Step.K == Event::Wait &&
          Step.Site == Close->Barrier) {
        // That a file stays open is user space's choice, unless teardown asks
        // its sleepers to leave, and this one does not hear.
        Effects Done = before(T, I);
        if (!Done.Woken.contains(E.What) || ends(E, Done, Model.Unit, K, Ctx))
          return false;
        report(D.Function, &D, E, T, Step, nullptr);
        return true;
      }
    }
    return false;
  }

  /// The lock that the sleeper holds and \p Step waits for.
  Identity needs(const Event &Step, const Event &Sleep) {
    if (Step.K != Event::Acquire && Step.K != Event::Barrier)
      return nullptr;
    const LockRow *Row = K.lock(calleeName(cast<CallExpr>(Step.Site)));
    if (!Row || (Row->Action != LockAction::Acquire &&
                 Row->Action != LockAction::Barrier))
      return nullptr;
    for (const Held &H : Sleep.Locks)
      if (H.Lock == Step.What &&
          (Row->Action == LockAction::Barrier ||
           H.Mode == LockMode::Exclusive || Row->Mode == LockMode::Exclusive))
        return H.Lock;
    return nullptr;
  }

  void report(const FunctionDecl *By, const Door *D, const Event &Sleep,
              const Teardown &T, const Event &Step, Identity Lock) {
    std::string Name = By->getNameAsString();
    std::string Root = T.Root->getNameAsString();
    std::string In = Sleep.In->getNameAsString();
    std::string On =
        Sleep.What ? " on '" + Sleep.What->getNameAsString() + "'" : "";
    std::string Under =
        Lock ? " under '" + Lock->getNameAsString() + "'" : std::string();
    std::string Takes;
    if (Lock)
      Takes = Step.K == Event::Barrier
                  ? "waits for those who hold '" + Lock->getNameAsString() + "'"
                  : "takes '" + Lock->getNameAsString() + "'";
    else if (isName(Step))
      Takes = "waits for it in '" + Step.Callee->getNameAsString() + "'";
    else
      Takes = "waits until its file is closed";
    TeardownFinding F;
    F.Message = "'" + In + "' sleeps" + On + Under +
                ", and nothing ends the sleep before '" + Root + "' " + Takes;
    F.In = Sleep.In;
    F.Site = Sleep.Site;
    F.Says = "Sleeps" + On + Under + " until a signal comes";
    F.Steps = {{Step.Site, "'" + Step.In->getNameAsString() + "' " + Takes,
                true}};
    if (D) {
      F.Door = By;
      F.Slot = D->Slot;
      F.Table = D->Table->getNameAsString();
    }
    F.Struct = ownerName(Lock ? Lock : Sleep.What).str();
    F.Teardown = T.Root;
    F.Severity = Model.severity(T.Root);
    reportFinding(F, Type, "TeardownHang", BR);
  }

  /// A core calls the slot under a lock that the removal takes as well.
  void coreLock(const CoreLockRow &Row) {
    for (const VarDecl *V : Model.Unit.Variables)
      if (structName(V->getType()) == Row.Struct)
        if (const auto *List =
                dyn_cast<InitListExpr>(V->getInit()->IgnoreParenCasts()))
          forEachInit(List, [&](const FieldDecl *F, const Expr *Value) {
            const FunctionDecl *Def = definition(namedFunction(Value));
            if (Def && F->getIdentifier() &&
                llvm::is_contained(Row.Slots, F->getName()))
              slot(Row, Def, F->getName(), V);
          });
  }

  void slot(const CoreLockRow &Row, const FunctionDecl *Slot, StringRef Name,
            const VarDecl *Table) {
    for (const Event &E : story(Slot))
      for (const Teardown &T : Model.Teardowns) {
        if (!isEndless(E, T))
          continue;
        for (size_t I = 0; I != T.Told.size(); ++I) {
          const Event &Step = T.Told[I];
          if (!isName(Step) || Step.Callee->getName() != Row.Until)
            continue;
          if (ends(E, before(T, I), Model.Unit, K, Ctx))
            break;
          reportSlot(Row, Slot, Name, Table, E, T, Step);
          return;
        }
      }
  }

  void reportSlot(const CoreLockRow &Row, const FunctionDecl *Slot,
                  StringRef Name, const VarDecl *Table, const Event &Sleep,
                  const Teardown &T, const Event &Step) {
    std::string In = Sleep.In->getNameAsString();
    TeardownFinding F;
    F.Message = "'" + In + "' sleeps under '" + Row.Lock +
                "' of the core, and nothing ends the sleep before '" +
                Row.Until + "' needs it";
    F.In = Sleep.In;
    F.Site = Sleep.Site;
    F.Says = "Sleeps under '" + Row.Lock + "' of the core, with no limit";
    F.Steps = {{Step.Site,
                "'" + Step.In->getNameAsString() + "' calls '" + Row.Until +
                    "', which needs '" + Row.Lock + "' for itself",
                true}};
    F.Door = Slot;
    F.Slot = Name.str();
    F.Table = Table->getNameAsString();
    F.Struct = Row.Struct;
    F.Teardown = T.Root;
    F.Severity = Model.severity(T.Root);
    reportFinding(F, Type, "TeardownHang", BR);
  }

  /// Teardown waits, with a lock held, for who takes that lock.
  void underLock(const Teardown &T) {
    for (const Event &E : T.Told) {
      if (!isName(E) || E.Locks.empty() || E.Unwinds)
        continue;
      for (const FunctionDecl *By : Waits.by(E)) {
        const Event *Take = nullptr;
        for (const Event &Each : story(By))
          if (Each.K == Event::Acquire && !Take && blocks(Each, E))
            Take = &Each;
        if (!Take || !Reported.insert(E.Site).second)
          continue;
        std::string In = E.In->getNameAsString();
        std::string L = Take->What->getNameAsString();
        std::string Name = By->getNameAsString();
        TeardownFinding F;
        F.Message = "'" + In + "' holds '" + L + "' while it waits in '" +
                    E.Callee->getNameAsString() + "' for '" + Name +
                    "', which takes it";
        F.In = E.In;
        F.Site = E.Site;
        F.InTeardown = true;
        F.Says = "Waits for '" + Name + "' while it holds '" + L + "'";
        F.Steps = {{Take->Site, "'" + Name + "' takes '" + L + "'"}};
        F.Door = By;
        F.Struct = ownerName(Take->What).str();
        F.Teardown = T.Root;
        F.Severity = Model.severity(T.Root);
        reportFinding(F, Type, "TeardownHang", BR);
      }
    }
  }

  bool blocks(const Event &Take, const Event &Waiter) {
    const LockRow *Row = K.lock(calleeName(cast<CallExpr>(Take.Site)));
    if (!Row || Row->Action == LockAction::AcquireIfNonZero ||
        structName(Take.What->getType()) == "srcu_struct")
      return false;
    return llvm::any_of(Waiter.Locks, [&](const Held &H) {
      return H.Lock == Take.What && (H.Mode == LockMode::Exclusive ||
                                     Row->Mode == LockMode::Exclusive);
    });
  }
};

class TeardownHang : public Checker<check::ASTDecl<TranslationUnitDecl>> {
  const BugType Type{this, "Teardown hangs", "Teardown"};

public:
  void checkASTDecl(const TranslationUnitDecl *, AnalysisManager &Mgr,
                    BugReporter &BR) const {
    const UnitModel *Model = modelOf(*Mgr.getCheckerManager());
    if (Model && !Model->Teardowns.empty())
      Judge(*Model, Mgr.getASTContext(), Type, BR).run();
  }
};

} // namespace

void registerTeardownHang(CheckerManager &Mgr) {
  Mgr.registerChecker<TeardownHang>();
}
