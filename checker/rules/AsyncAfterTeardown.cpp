// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// teardown.AsyncAfterTeardown: code that runs on its own (an interrupt, work, a
// timer, a tasklet, a USB completion, a callback of a core) can run after
// teardown has taken away what it uses.
//
// Reported, each against the timeline of one teardown (remove, the slots that
// cores call meanwhile, devres in reverse order):
// - never: the unit arms it, and nothing of the unit stops it before its memory
//   goes; cancel_work() and del_timer() do not wait, so they do not count;
// - early: it is stopped in a way that arming undoes, while somebody who arms it
//   still runs;
// - late: it is stopped only after what it uses has gone.
// Where the unit has no remove, an init function and the function that undoes it
// are judged as a pair, and a function that stops both in the wrong order.
//
// Silent: a work that queues itself under cancel_work_sync(); what was shut down
// for good (timer_shutdown_sync(), disable_work_sync(), free_irq()); a flag that
// teardown sets first and whoever arms it asks; an interrupt when teardown
// writes to the hardware before; a work that drops a reference of its own;
// static work; what a function of another unit may stop.
//
// Not seen: armed or stopped in another unit; objects known only through a list.

#include "model/Endings.h"
#include "model/Imported.h"
#include "model/PathState.h"
#include "model/Report.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace ento;
using namespace strongfence;

namespace {

std::string quoted(StringRef Name) { return ("'" + Name + "'").str(); }
std::string quoted(const FunctionDecl *F) { return quoted(F->getName()); }

/// "'x'" of a field or variable.
std::string shortName(Identity Id) { return quoted(Id->getName()); }

/// True when \p End is named as what undoes \p Begin: foo_init and foo_exit.
bool undoes(StringRef End, StringRef Begin) {
  static const char *const Pairs[][2] = {
      {"init", "deinit"},     {"init", "exit"},       {"init", "fini"},
      {"init", "uninit"},     {"init", "cleanup"},    {"init", "destroy"},
      {"init", "release"},    {"init", "free"},       {"init", "remove"},
      {"init", "term"},       {"init", "deinitialize"},
      {"setup", "cleanup"},   {"setup", "teardown"},  {"create", "destroy"},
      {"alloc", "free"},      {"register", "unregister"},
      {"register", "deregister"}, {"attach", "detach"}, {"probe", "remove"},
      {"add", "remove"},      {"add", "del"}};
  llvm::SmallVector<StringRef, 8> A, B;
  Begin.split(A, '_');
  End.split(B, '_');
  if (A.size() != B.size())
    return false;
  bool Found = false;
  for (unsigned I = 0; I != A.size(); ++I) {
    if (A[I] == B[I])
      continue;
    if (Found || llvm::none_of(Pairs, [&](const auto &P) {
          return A[I] == P[0] && B[I] == P[1];
        }))
      return false;
    Found = true;
  }
  return Found;
}

class Judge : Endings {
public:
  using Endings::Endings;

  std::vector<TeardownFinding> run() {
    if (Unit.all().empty())
      return {};
    readCalls();
    for (const Timeline &T : Times.all())
      timeline(T);
    if (!hasOwnRemove())
      for (const FunctionDecl *F : Model.Unit.Functions)
        if (!isImported(F))
          pair(F);
    if (Armers.empty())
      return std::move(Out);
    for (const FunctionDecl *F : whoStops())
      if (isRoot(F) && !isPowerDown(F) && llvm::none_of(Times.all(), [&](const Timeline &T) {
            return T.Root == F;
          }))
        alone(F);
    return std::move(Out);
  }

private:
  llvm::DenseSet<const Async *> Armed;
  /// Who stops it, anywhere in the unit.
  llvm::DenseMap<const Async *, llvm::SmallVector<const FunctionDecl *, 4>>
      Stoppers;
  std::vector<TeardownFinding> Out;
  llvm::DenseSet<const Async *> Reported;
  llvm::DenseSet<const FunctionDecl *> Called; ///< by the unit's own source

  /// The remove of another file of the module tells less than a pair of this one.
  bool hasOwnRemove() const {
    return llvm::any_of(Model.Teardowns, [](const Teardown &T) {
      return T.K == Teardown::Driver && !isImported(T.Root);
    });
  }

  void readCalls() {
    for (const CallSite &Site : Model.Unit.Calls)
      if (const FunctionDecl *F = Site.Call->getDirectCallee())
        if (!Site.In || !isImported(Site.In))
          Called.insert(F->getCanonicalDecl());
    for (const FunctionDecl *F : Model.Unit.Functions)
      for (const Event &E :
           tell(F, Model.K, Ctx, /*Puts=*/false, /*Depth=*/0))
        if (E.K == Event::Call)
          for (const Async &A : Unit.all()) {
            auto Effect = Unit.effect(E, A);
            if (joins(E, A)) {
              Armed.insert(&A);
            } else if (Effect) {
              if (*Effect == AsyncEffect::Arm)
                Armed.insert(&A);
              else if (Asyncs::quiets(*Effect) && !E.Unwinds &&
                       !isBirth(F) && !isInitOrExit(F) && !isPowerDown(F))
                Stoppers[&A].push_back(F);
            }
          }
  }

  /// The functions that stop something, and those that call them, in the order
  /// of the unit.
  std::vector<const FunctionDecl *> whoStops() const {
    llvm::DenseSet<const FunctionDecl *> Found;
    for (const auto &[A, Functions] : Stoppers)
      Found.insert(Functions.begin(), Functions.end());
    for (bool More = true; More;) {
      More = false;
      for (const CallSite &Site : Model.Unit.Calls)
        if (const FunctionDecl *Callee = definition(Site.Call->getDirectCallee()))
          if (Site.In && Found.contains(Callee))
            More |= Found.insert(Site.In).second;
    }
    std::vector<const FunctionDecl *> Out;
    for (const FunctionDecl *F : Model.Unit.Functions)
      if (Found.contains(F))
        Out.push_back(F);
    return Out;
  }

  /// The notifier is put on a chain, by the naming convention of all of them.
  static bool joins(const Event &E, const Async &A) {
    StringRef Name = calleeName(E);
    return A.Row->Kind == AsyncKind::Notifier && A.Object &&
           Name.contains("register") && !Name.contains("unregister") &&
           !Name.starts_with("devm_") && llvm::is_contained(E.Args, A.Object);
  }

  /// System suspend and shutdown take nothing away.
  static bool isPowerDown(const FunctionDecl *F) {
    StringRef Name = F->getIdentifier() ? F->getName() : StringRef();
    return Name.ends_with("_suspend") || Name.ends_with("_shutdown") ||
           Name.ends_with("_resume") || Name.ends_with("_suspend_noirq");
  }

  bool isBirth(const FunctionDecl *F) const {
    return llvm::any_of(Model.Births,
                        [&](const Birth &B) { return B.Root == F; });
  }

  /// True when nothing of the unit calls \p F: a core does, or another unit.
  bool isRoot(const FunctionDecl *F) const {
    return !isInitOrExit(F) && !isBirth(F) &&
           !Model.Unit.Called.contains(F->getCanonicalDecl());
  }

  static bool isUsb(const Timeline &T) {
    return T.Remove && T.Remove->Slots &&
           structName(T.Remove->Slots->getType()).starts_with("usb_");
  }

  //===--------------------------------------------------------------------===//

  void timeline(const Timeline &T) {
    auto Losses = Times.losses(T);
    if (Losses.empty())
      return;
    for (const Async &A : Unit.all()) {
      if (Reported.contains(&A))
        continue;
      Stopped S = stopped(T.Moments, A);
      // usb_unbind_interface() kills the transfers of the interface before it
      // calls disconnect.
      if (A.Row->Kind == AsyncKind::Transfer && isUsb(T))
        continue;
      if (S.First < 0)
        never(A, S, T, Losses);
      else if (!late(A, S, T, Losses))
        early(A, S, T, Losses);
    }
  }

  void never(const Async &A, const Stopped &S, const Timeline &T,
             ArrayRef<LossAt> Losses) {
    if (A.Managed || !A.Object || !isa<FieldDecl>(A.Object) ||
        A.Row->Kind == AsyncKind::Thread ||
        !Armed.contains(&A) || Stoppers.count(&A) || hasOwnReference(A))
      return;
    Death D = A.Handlers.empty() ? Death() : death(A, Losses, T, 0);
    // The memory of the async itself says most.
    for (const LossAt &L : Losses)
      if (!L.Struct.empty() && L.Struct == A.Container) {
        D = {&L, nullptr};
        break;
      }
    if (!D.Loss || stoppedByOthers(A, T, D.Loss->At) || waitedFor(A, T))
      return;
    TeardownFinding F = finding(A, T, D);
    F.Message = quoted(A) + " can run on " + object(A, D) + " that " +
                taker(T, D) + " frees: nothing stops " + shortName(A.Object);
    if (S.Dropped >= 0) {
      const Event &Drop = *T.Moments[S.Dropped].E;
      F.Message = quoted(A) + " can run on " + object(A, D) + " that " +
                  taker(T, D) + " frees: " + quoted(calleeName(Drop)) +
                  " does not wait for it";
      F.Steps.push_back({Drop.Site, quoted(calleeName(Drop)) + " does not wait", true});
    }
    place(F, A, T, D);
    emit(A, std::move(F));
  }

  bool late(const Async &A, const Stopped &S, const Timeline &T,
            ArrayRef<LossAt> Losses) {
    Death D = death(A, Losses, T, 0);
    if (!D.Loss || int(D.Loss->At) >= S.First)
      return false;
    const Moment &Taken = T.Moments[D.Loss->At];
    const Moment &Stop = T.Moments[S.First];
    if (A.Object && !Armed.contains(&A) && needsArming(A))
      return false;
    if (asksFirst(A, T, D.Loss->At))
      return false;
    if (isIrq(A) && (D.Loss->Ops.empty() ? masked(T.Moments, D.Loss->At)
                                         : waited(T.Moments, D.Loss->At)))
      return false;
    TeardownFinding F = finding(A, T, D);
    locate(F, Taken, &Stop, T.Root);
    std::string What = object(A, D);
    F.Message = quoted(A) + " can use " + What + " after " +
                taken(T, D) + (Stop.Managed ? ": only devres stops it, once " +
                                                  quoted(T.Root) + " has returned"
                                            : ": it is stopped only later");
    F.Steps.push_back({Stop.E->Site,
                       Stop.Managed ? "Devres stops it, after remove"
                                    : "Only now it is stopped", true,
                       !Taken.Managed});
    if (Taken.Managed)
      place(F, A, T, D);
    emit(A, std::move(F));
    return true;
  }

  void early(const Async &A, const Stopped &S, const Timeline &T,
             ArrayRef<LossAt> Losses) {
    if (S.How == AsyncEffect::Shut || S.How == AsyncEffect::Drain ||
        !needsArming(A))
      return;
    auto It = Armers.find(&A);
    if (It == Armers.end())
      return;
    const Moment &Stop = T.Moments[S.Last];
    Death D = death(A, Losses, T, S.Last + 1);
    if (!D.Loss)
      return;
    for (const Armer &B : It->second) {
      if (B.By == &A)
        continue;
      Stopped After = stopped(T.Moments, *B.By);
      if (After.Last >= 0 ? After.Last < S.Last : !runsOn(*B.By))
        continue;
      // Stopped before and after: whoever arms it in between is dealt with.
      if (After.First >= 0 && After.First < S.First)
        continue;
      if (B.By->Row->Kind == AsyncKind::Transfer && isUsb(T) && !Stop.Slot)
        continue;
      if (isIrq(*B.By) && masked(T.Moments, S.Last))
        continue;
      if (gated(B.Arm, T.Moments, S.Last))
        continue;
      TeardownFinding F = finding(A, T, D);
      cancelled(F, A, B, Stop);
      locate(F, Stop, After.Last >= 0 && !Stop.Slot ? &T.Moments[After.Last] : &Stop,
             T.Root);
      if (After.Last >= 0)
        F.Steps.push_back({T.Moments[After.Last].E->Site,
                           quoted(*B.By) + " is stopped later, here", true, true});
      emit(A, std::move(F));
      return;
    }
  }

  /// An async that nothing of the unit stops, and that needs nobody to run.
  bool runsOn(const Async &B) const {
    return !Stoppers.count(&B) && !B.Managed &&
           (!needsArming(B) || Armed.contains(&B)) &&
           B.Row->Kind != AsyncKind::Callback &&
           B.Row->Kind != AsyncKind::Notifier &&
           B.Row->Kind != AsyncKind::Interrupt &&
           B.Row->Kind != AsyncKind::Thread;
  }


  static bool needsArming(const Async &A) {
    return A.Row->Kind == AsyncKind::Work || A.Row->Kind == AsyncKind::Timer ||
           A.Row->Kind == AsyncKind::Tasklet ||
           A.Row->Kind == AsyncKind::Transfer;
  }


  //===--------------------------------------------------------------------===//

  /// A function of the unit that undoes another, in a unit without a remove.
  void pair(const FunctionDecl *End) {
    if (!End->getIdentifier() || isInitOrExit(End) || isBirth(End) ||
        Called.contains(End->getCanonicalDecl()))
      return;
    for (const FunctionDecl *Begin : Model.Unit.Functions) {
      if (!Begin->getIdentifier() || isInitOrExit(Begin) ||
          !undoes(End->getName(), Begin->getName()))
        continue;
      llvm::SmallVector<Moment, 32> Moments;
      for (const Event &E : Times.story(End))
        Moments.push_back({&E, false, nullptr});
      bool Frees = false;
      for (const Moment &M : Moments) {
        StringRef Name = calleeName(*M.E);
        Frees |= !Name.empty() && (Model.K.means(Name, "free") >= 0 ||
                                   Model.K.means(Name, "deregister") >= 0);
      }
      for (const Async &A : Unit.all()) {
        if (Reported.contains(&A) || A.In != Begin || !needsArming(A) || !A.Object ||
            !isa<FieldDecl>(A.Object) || !Armed.contains(&A) ||
            A.Handlers.empty() || hasOwnReference(A) || Stoppers.count(&A) ||
            stopped(Moments, A).First >= 0)
          continue;
        // What it arms is stopped while it goes on.
        const Async *Stopped = nullptr;
        for (const Arming &Arm : Unit.armings(A.Handlers.front()))
          if (Arm.What->In == Begin && Arm.What != &A &&
              this->stopped(Moments, *Arm.What).First >= 0)
            Stopped = Arm.What;
        if (!Stopped && !Frees)
          continue;
        TeardownFinding F;
        F.In = End;
        F.Teardown = End;
        F.Door = A.Handlers.front();
        F.InTeardown = true;
        F.Severity = "medium";
        F.Struct = A.Container.str();
        F.Steps.push_back({A.Start, quoted(A) + " is set up here"});
        F.Site = siteIn(End);
        if (!F.Site)
          continue;
        F.Says = quoted(End) + " leaves it armed";
        F.Message = quoted(A) + " can run after " + quoted(End) +
                    ", which undoes " + quoted(Begin) +
                    " and does not stop " + shortName(A.Object);
        emit(A, std::move(F));
      }
    }
  }

  /// A function that another unit or a core calls and that stops both in the
  /// wrong order.
  void alone(const FunctionDecl *End) {
    const Story &Told = Times.story(End);
    llvm::SmallVector<Moment, 32> Moments;
    llvm::DenseSet<const FunctionDecl *> Inside;
    for (const Event &E : Told) {
      Moments.push_back({&E, false, nullptr});
      Inside.insert(E.In);
    }
    for (const Async &A : Unit.all()) {
      if (Reported.contains(&A) || !needsArming(A) || !A.Object)
        continue;
      auto It = Armers.find(&A);
      if (It == Armers.end())
        continue;
      Stopped S = stopped(Moments, A);
      if (S.Last < 0 || S.How == AsyncEffect::Shut ||
          S.How == AsyncEffect::Drain || Told[S.Last].Unwinds)
        continue;
      // Somebody else may stop it once more.
      if (llvm::any_of(Stoppers.lookup(&A), [&](const FunctionDecl *F) {
            return !Inside.contains(F);
          }))
        continue;
      for (const Armer &B : It->second) {
        if (B.By == &A)
          continue;
        Stopped After = stopped(Moments, *B.By);
        if (After.Last <= S.Last || After.First <= S.Last ||
            Told[After.Last].Unwinds ||
            (isIrq(*B.By) && masked(Moments, S.Last)) ||
            gated(B.Arm, Moments, S.Last))
          continue;
        // Arming is forgiven where it is done again by who stopped it.
        if (armsIn(Told, A))
          continue;
        TeardownFinding F;
        F.Teardown = End;
        F.Severity = Model.severity(nullptr);
        F.Struct = A.Container.str();
        cancelled(F, A, B, Moments[S.Last]);
        locate(F, Moments[S.Last], &Moments[After.Last], End);
        F.Steps.push_back({Told[After.Last].Site,
                           quoted(*B.By) + " is stopped later, here", true, true});
        emit(A, std::move(F));
        break;
      }
    }
  }

  bool armsIn(const Story &Told, const Async &A) const {
    return llvm::any_of(Told, [&](const Event &E) {
      return E.K == Event::Call && Unit.effect(E, A) == AsyncEffect::Arm;
    });
  }

  //===--------------------------------------------------------------------===//

  std::string quoted(const Async &A) const { return Asyncs::name(A); }
  static std::string quoted(StringRef Name) { return ::quoted(Name); }
  static std::string quoted(const FunctionDecl *F) { return ::quoted(F); }

  static const Expr *siteIn(const FunctionDecl *F) {
    std::vector<const Stmt *> Work = {F->getBody()};
    while (!Work.empty()) {
      const Stmt *S = Work.back();
      Work.pop_back();
      if (!S)
        continue;
      if (const auto *Call = dyn_cast<CallExpr>(S))
        return Call;
      llvm::SmallVector<const Stmt *, 8> Children(S->child_begin(),
                                                  S->child_end());
      for (const Stmt *Child : llvm::reverse(Children))
        Work.push_back(Child);
    }
    return nullptr;
  }

  std::string object(const Async &A, const Death &D) const {
    if (D.Loss->What)
      return shortName(D.Loss->What);
    if (!D.Loss->Ops.empty())
      return "what 'struct " + D.Loss->Ops.str() + "' works on";
    return "'struct " + D.Loss->Struct.str() + "'";
  }

  std::string taker(const Timeline &T, const Death &D) const {
    return T.Moments[D.Loss->At].Managed ? "devres" : quoted(T.Root);
  }

  std::string taken(const Timeline &T, const Death &D) const {
    const Moment &M = T.Moments[D.Loss->At];
    if (M.Managed)
      return "devres has freed it";
    StringRef Name =
        M.E->K == Event::Indirect ? M.E->What->getName() : calleeName(*M.E);
    return quoted(Name) + " in " + quoted(M.E->In);
  }

  /// Puts the finding where teardown does \p M: in the helper that also does
  /// \p Other, else in the function that a core called.
  static void locate(TeardownFinding &F, const Moment &M, const Moment *Other,
                     const FunctionDecl *Root) {
    F.In = M.E->In;
    F.Site = M.E->Site;
    if (!M.E->Via || M.Managed || (Other && Other->E->In == F.In))
      return;
    F.In = M.Slot ? M.Slot : Root;
    F.Site = M.E->Via;
  }

  TeardownFinding finding(const Async &A, const Timeline &T, const Death &D) {
    TeardownFinding F;
    const Moment &M = T.Moments[D.Loss->At];
    locate(F, M, nullptr, T.Root);
    F.InTeardown = true;
    F.Says = M.Managed ? "Devres frees it" : quoted(calleeName(*M.E)) + " takes it away";
    if (!A.Handlers.empty())
      F.Door = A.Handlers.front();
    F.Struct = A.Container.str();
    F.Teardown = T.Root;
    F.Severity = Model.severity(T.Remove ? T.Root : nullptr);
    F.Steps.push_back({A.Start, quoted(A) + " is set up here"});
    if (D.Use)
      F.Steps.push_back({D.Use->Site, quoted(D.Use->In) + " uses it"});
    return F;
  }

  /// What devres frees is found at the use.
  void place(TeardownFinding &F, const Async &A, const Timeline &T,
             const Death &D) {
    const Moment &M = T.Moments[D.Loss->At];
    if (!M.Managed)
      return;
    const Expr *Site = D.Use ? D.Use->Site : nullptr;
    const FunctionDecl *In = D.Use ? D.Use->In : nullptr;
    if (!A.Handlers.empty() && In != A.Handlers.front()) {
      In = A.Handlers.front();
      Site = siteIn(In);
    }
    if (!Site || !In)
      return;
    F.Steps.push_back({M.E->Site, "Managed from here: devres frees it once the "
                                  "driver is unbound", true});
    F.Site = Site;
    F.In = In;
    F.InTeardown = false;
    F.Says = quoted(A) + " runs";
  }

  void cancelled(TeardownFinding &F, const Async &A, const Armer &B,
                 const Moment &Stop) {
    F.In = Stop.E->In;
    F.Site = Stop.E->Site;
    F.InTeardown = true;
    if (!A.Handlers.empty())
      F.Door = A.Handlers.front();
    F.Says = quoted(calleeName(*Stop.E)) + " stops it, and it can be armed again";
    F.Message = quoted(A) + " can run after teardown: " + quoted(*B.By) +
                " can arm " + shortName(A.Object) + " again after " +
                quoted(calleeName(*Stop.E)) + " in " + quoted(Stop.E->In);
    if (F.Steps.empty())
      F.Steps.push_back({A.Start, quoted(A) + " is set up here"});
    F.Steps.push_back(
        {B.Arm.E->Site, quoted(B.Arm.E->In) + " arms it", false, true});
  }

  void emit(const Async &A, TeardownFinding F) {
    Reported.insert(&A);
    Out.push_back(std::move(F));
  }
};

/// At the end of the unit: what TeardownOrder has reported is not said again.
class AsyncAfterTeardown : public Checker<check::EndOfTranslationUnit> {
  const BugType Type{this, "Runs after teardown", "Teardown"};

public:
  void checkEndOfTranslationUnit(const TranslationUnitDecl *,
                                 AnalysisManager &Mgr, BugReporter &BR) const {
    CheckerManager &Checkers = *Mgr.getCheckerManager();
    const UnitModel *Model = modelOf(Checkers);
    if (!Model)
      return;
    for (const TeardownFinding &F : Judge(*Model, Mgr.getASTContext()).run())
      if (!isClaimed(Checkers, F.Site) &&
          llvm::none_of(F.Steps, [&](const Step &Each) {
            return Each.Unbind && isClaimed(Checkers, Each.Site);
          }))
        reportFinding(F, Type, "AsyncAfterTeardown", BR);
  }
};

} // namespace

void registerAsyncAfterTeardown(CheckerManager &Mgr) {
  Mgr.registerChecker<AsyncAfterTeardown>();
}
