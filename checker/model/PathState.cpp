// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/PathState.h"
#include "model/Coverage.h"
#include "model/Record.h"
#include "model/Report.h"

using namespace clang;
using namespace ento;
using namespace strongfence;

namespace {

/// How a lock is held. A guard() has no release call: the analyzer's graph
/// skips __cleanup__, so it holds while the path is inside Scope in Frame.
struct HoldInfo {
  const StackFrameContext *Frame = nullptr;
  const Stmt *Scope = nullptr;

  bool operator==(const HoldInfo &O) const {
    return Frame == O.Frame && Scope == O.Scope;
  }
  void Profile(llvm::FoldingSetNodeID &Id) const {
    Id.AddPointer(Frame);
    Id.AddPointer(Scope);
  }
};

/// Predicate, and the lock it was tested under; a null lock is "no lock".
using TestPair = std::pair<Identity, Identity>;

/// A value of a predicate, and a lock that was taken after it was read.
using OldValue = std::pair<SymbolRef, Identity>;

} // namespace

REGISTER_MAP_WITH_PROGRAMSTATE(HeldLocks, Identity, HoldInfo)
REGISTER_SET_WITH_PROGRAMSTATE(FreshTests, TestPair)
REGISTER_SET_WITH_PROGRAMSTATE(StaleTests, TestPair)

/// They say nothing of what is true under that lock, wherever they are tested.
REGISTER_SET_WITH_PROGRAMSTATE(OldValues, OldValue)

/// How often a path has come to a loop's condition, or to a sleep.
using Round = std::pair<const Stmt *, const StackFrameContext *>;
REGISTER_MAP_WITH_PROGRAMSTATE(Rounds, Round, unsigned)

namespace {

constexpr char Category[] = "Teardown";

bool isGuardConstructor(const StackFrameContext *Frame) {
  const auto *F = dyn_cast<FunctionDecl>(Frame->getDecl());
  if (!F || !F->getIdentifier())
    return false;
  StringRef Name = F->getName();
  return Name.starts_with("class_") && Name.ends_with("_constructor");
}

/// The block or for statement that ends the life of what \p S declares.
const Stmt *enclosingScope(const Stmt *S, const LocationContext *LC) {
  const ParentMap &Parents = LC->getParentMap();
  while (S && !isa<CompoundStmt, ForStmt>(S))
    S = Parents.getParent(S);
  return S;
}

bool isInside(const Stmt *S, const Stmt *Scope, const LocationContext *LC) {
  const ParentMap &Parents = LC->getParentMap();
  for (; S; S = Parents.getParent(S))
    if (S == Scope)
      return true;
  return false;
}

/// A function that only returns something: dev_get_drvdata(), IS_ERR().
bool isAccessor(const FunctionDecl *F) {
  const auto *Body = dyn_cast_or_null<CompoundStmt>(F->getBody());
  return Body && Body->size() == 1 && isa<ReturnStmt>(Body->body_front());
}

bool isHeld(const HoldInfo &Info, const Stmt *Here, CheckerContext &C) {
  if (!Info.Frame)
    return true;
  const StackFrameContext *Frame = C.getStackFrame();
  for (; Frame; Frame = Frame->getParent()
                            ? Frame->getParent()->getStackFrame()
                            : nullptr) {
    if (Frame == Info.Frame)
      return isInside(Here, Info.Scope, Frame);
    Here = Frame->getCallSite();
  }
  return false;
}

class ModelChecker
    : public Checker<check::ASTDecl<TranslationUnitDecl>, check::BeginFunction,
                     check::EndFunction, check::PreCall, check::PostCall,
                     eval::Call,
                     check::Location, check::DeadSymbols,
                     check::BranchCondition, check::EndAnalysis,
                     check::EndOfTranslationUnit> {
public:
  std::shared_ptr<Kernel> K;
  bool CutOthers = true; ///< no other checker needs the other functions
  mutable std::unique_ptr<UnitModel> Model;
  mutable llvm::DenseMap<const FunctionDecl *, std::string> Verdicts;
  mutable const FunctionDecl *Top = nullptr; ///< the door being explored
  mutable llvm::DenseMap<const FunctionDecl *, const FunctionDecl *> Delegates;
  mutable llvm::DenseSet<std::pair<const FunctionDecl *, const Expr *>> Reported;
  mutable llvm::DenseSet<const Expr *> Claimed;
  mutable Coverage Matrix;

  void checkASTDecl(const TranslationUnitDecl *TU, AnalysisManager &Mgr,
                    BugReporter &) const {
    if (!K)
      return;
    Model = std::make_unique<UnitModel>(*K, Mgr.getASTContext());
    // The graph builder gives __cleanup__ an element that the engine does not
    // know, and there it drops the path: everything after a guard()'s scope.
    Mgr.getAnalysisDeclContextManager().getCFGBuildOptions().AddImplicitDtors =
        false;
    AnalyzerOptions &Options = Mgr.options;
    // `gone = !p->ops` keeps its symbol, and so says what a later test is of.
    Options.ShouldEagerlyAssume = false;
    // A helper that is tried again without its body has lost its lock and test.
    Options.NoRetryExhausted = true;
    if (!CutOthers)
      return;
    Options.MaxNodesPerTopLevelFunction =
        Options.getCheckerIntegerOption("teardown", "Budget");
    // A door reaches its touches through long ioctl switches and several
    // helpers; both faces must see the same ones.
    Options.MaxInlinableSize = 400;
    Options.InlineMaxStackDepth = 9;
    // Counted over the unit: a limit would make doors depend on their order.
    Options.MaxTimesInlineLarge = 1u << 20;
    // Loops end by bounded(); the analyzer's own limit would make it forget to
    // inline the function for the doors that follow.
    Options.maxBlockVisitOnPath = 4;
  }

  void checkBeginFunction(CheckerContext &C) const {
    if (!Model || !C.inTopFrame())
      return;
    const auto *F = dyn_cast<FunctionDecl>(C.getStackFrame()->getDecl());
    const Door *D = F ? Model->door(F) : nullptr;
    Top = D ? D->Function : nullptr;
    if (D && Model->isExplored(*D)) {
      if (Record *R = currentRecord())
        ++R->Explored;
      Verdicts.try_emplace(D->Function, "no-touch");
      return;
    }
    Top = nullptr;
    if (CutOthers)
      C.generateSink(C.getState(), C.getPredecessor());
  }

  /// What a finished function went through no longer tells paths apart.
  void checkEndFunction(const ReturnStmt *, CheckerContext &C) const {
    if (!Top || C.inTopFrame())
      return;
    ProgramStateRef State = C.getState(), Old = State;
    for (const auto &Entry : State->get<Rounds>())
      if (Entry.first.second == C.getStackFrame())
        State = State->remove<Rounds>(Entry.first);
    if (State != Old)
      C.addTransition(State);
  }

  /// Keeps paths to the driver's own code: what the kernel's headers define is
  /// known by its row or not at all. A door that another door calls without a
  /// lock is a door of its own.
  bool evalCall(const CallEvent &Call, CheckerContext &C) const {
    const auto *F = dyn_cast_or_null<FunctionDecl>(Call.getDecl());
    const auto *Site = dyn_cast_or_null<CallExpr>(Call.getOriginExpr());
    if (!Top || !CutOthers || !F || !Site)
      return false;
    if (F->getIdentifier() && K->means(F->getName(), "zero") >= 0) {
      SVal Zero = C.getSValBuilder().makeIntVal(0, Call.getResultType());
      C.addTransition(
          C.getState()->BindExpr(Site, C.getLocationContext(), Zero));
      return true;
    }
    const FunctionDecl *Def = definition(F);
    if (!Def)
      return false;
    if (isDriverCode(Def->getLocation(), C.getSourceManager())) {
      const Door *D = Model->door(Def);
      if (!D || !Model->isExplored(*D) || !C.getState()->get<HeldLocks>().isEmpty())
        return false;
      Delegates[Top] = D->Function;
    } else if (isAccessor(Def) ||
               (Def->getIdentifier() && Def->getName().starts_with("class_"))) {
      return false; // guard() takes its lock in a class_*_constructor
    }
    ProgramStateRef State = Call.invalidateRegions(C.blockCount(), C.getState());
    if (!Call.getResultType()->isVoidType())
      State = State->BindExpr(Site, C.getLocationContext(), conjure(Call, C));
    C.addTransition(State);
    return true;
  }

  void checkPreCall(const CallEvent &Call, CheckerContext &C) const {
    if (!Top || !currentRecord())
      return;
    if (auto T = touchOf(Call, *Model)) {
      cover(*T, C);
      return;
    }
    const auto *F = dyn_cast_or_null<FunctionDecl>(Call.getDecl());
    const Expr *Site = Call.getOriginExpr();
    if (!F || !Site || !F->getIdentifier() || F->getDefinition() ||
        K->lock(F->getName()) || !inDriverCode(C))
      return;
    auto By = covering(Site, C);
    const Door *D = By.empty() ? nullptr : doorOf(C, *Model);
    if (D)
      Matrix.call(*D, Site, By, C);
  }

  void checkPostCall(const CallEvent &Call, CheckerContext &C) const {
    if (sleepsAgain(Call, C))
      return;
    if (looksUp(Call, C))
      return;
    const LockRow *Row = lockRow(Call, C);
    if (!Row || Row->Argument >= Call.getNumArgs())
      return;
    // By value first: guard() hands the lock on in a struct of its own.
    Identity Lock = identify(Call.getArgSVal(Row->Argument));
    if (!Lock)
      Lock = identify(Call.getArgExpr(Row->Argument), *K);
    if (!Lock)
      return;
    ProgramStateRef State = C.getState();
    switch (Row->Action) {
    case LockAction::Acquire:
      C.addTransition(acquire(State, Lock, false, C), note(C, "Takes ", Lock));
      return;
    case LockAction::AcquireIfZero:
    case LockAction::AcquireIfNonZero:
    case LockAction::TryGet: {
      bool Try = Row->Action == LockAction::TryGet;
      auto Value = Call.getReturnValue().getAs<DefinedOrUnknownSVal>();
      if (!Value) {
        C.addTransition(acquire(State, Lock, Try, C), note(C, "Takes ", Lock));
        return;
      }
      auto [NonZero, Zero] = State->assume(*Value);
      if (Row->Action == LockAction::AcquireIfZero)
        std::swap(NonZero, Zero);
      if (NonZero)
        C.addTransition(acquire(NonZero, Lock, Try, C),
                        note(C, "Takes ", Lock));
      if (Zero)
        C.addTransition(Zero);
      return;
    }
    case LockAction::Release:
      C.addTransition(release(State, Lock), note(C, "Releases ", Lock));
      return;
    case LockAction::Barrier:
      return;
    }
  }

  /// What is read once more is as old as this.
  void checkLocation(SVal Location, bool IsLoad, const Stmt *Site,
                     CheckerContext &C) const {
    if (Top && currentRecord() && inDriverCode(C)) {
      if (auto T = touchOf(Location, Site, *Model))
        cover(*T, C);
      else if (auto Use = containerTouchOf(Location, Site, *Model))
        cover(*Use, C, /*Weak=*/true);
    }
    ProgramStateRef State = C.getState(), Old = State;
    if (!Top || !IsLoad || State->get<OldValues>().isEmpty() ||
        !Location.getAs<Loc>())
      return;
    SymbolRef Value = State->getSVal(Location.castAs<Loc>()).getAsSymbol();
    const MemRegion *From = Value ? Value->getOriginRegion() : nullptr;
    if (!From || From != Location.getAsRegion())
      return;
    for (const OldValue &Each : State->get<OldValues>())
      if (Each.first == Value)
        State = State->remove<OldValues>(Each);
    if (State != Old)
      C.addTransition(State);
  }

  void checkDeadSymbols(SymbolReaper &Reaper, CheckerContext &C) const {
    ProgramStateRef State = C.getState(), Old = State;
    for (const OldValue &Each : State->get<OldValues>())
      if (Reaper.isDead(Each.first))
        State = State->remove<OldValues>(Each);
    if (State != Old)
      C.addTransition(State);
  }

  void checkBranchCondition(const Stmt *Condition, CheckerContext &C) const {
    if (!Top || !inDriverCode(C))
      return;
    ProgramStateRef Old = C.getState(), State = Old;
    if (CutOthers) {
      if (goesRound(Condition, C)) {
        C.generateSink(State, C.getPredecessor());
        return;
      }
      State = bounded(State, Condition, C);
    }
    Identity Shown = nullptr;
    State = tested(State, Condition, C, Shown);
    if (State != Old)
      C.addTransition(State, Shown ? note(C, "Tests ", Shown) : nullptr);
  }

  void checkEndAnalysis(ExplodedGraph &, BugReporter &, ExprEngine &Eng) const {
    if (Top && !Eng.hasEmptyWorkList())
      if (Record *R = currentRecord()) {
        R->BudgetStops.push_back(Top->getNameAsString());
        Matrix.cut(Top);
      }
    Top = nullptr;
  }

  void checkEndOfTranslationUnit(const TranslationUnitDecl *,
                                 AnalysisManager &Mgr, BugReporter &) const {
    Record *R = currentRecord();
    // A compat_ioctl that only calls the ioctl is as good as that is.
    for (const auto &[From, To] : Delegates)
      if (Verdicts.lookup(From) == "no-touch" && Verdicts.count(To))
        Verdicts[From] = Verdicts.lookup(To);
    if (!Model || !R)
      return;
    recordModel(*R, *Model, Verdicts, Mgr.getSourceManager());
    Matrix.record(*R, *Model, Verdicts, Delegates, Mgr.getASTContext());
  }

private:
  /// The fences that are held at \p Site and were tested since.
  llvm::SmallVector<const Fence *, 4> covering(const Stmt *Site,
                                               CheckerContext &C) const {
    llvm::SmallVector<const Fence *, 4> By;
    for (const Fence &F : Model->Gate.Offered) {
      const HoldInfo *Info = C.getState()->get<HeldLocks>(F.Lock);
      if (Info && isHeld(*Info, Site, C) &&
          C.getState()->contains<FreshTests>({F.Predicate, F.Lock}))
        By.push_back(&F);
    }
    return By;
  }

  /// Into the matrix: with every fence that covers the touch, not only the
  /// first one that a rule needs.
  void cover(const Touch &T, CheckerContext &C, bool Weak = false) const {
    const Door *D = doorOf(C, *Model);
    if (!D)
      return;
    auto By = covering(T.Site, C);
    if (Weak && By.empty())
      Matrix.use(*D, T, holdsAny(T, C), C);
    else
      Matrix.touch(*D, T, By, judge(T, C, *Model), C);
  }

  /// A loop is left when its condition comes up a second time, whatever it
  /// says: one round shows a lock that is dropped and retaken.
  ProgramStateRef bounded(ProgramStateRef State, const Stmt *Condition,
                          CheckerContext &C) const {
    bool Negated = false;
    const auto *E = dyn_cast<Expr>(Condition);
    if (!E || !isLoopCondition(E, C.getLocationContext(), Negated))
      return State;
    Round Key{Condition, C.getStackFrame()};
    if (!State->get<Rounds>(Key))
      return State->set<Rounds>(Key, 1);
    SVal Value = C.getSValBuilder().makeTruthVal(Negated, E->getType());
    return State->BindExpr(E, C.getLocationContext(), Value);
  }

  /// A loop without a condition, for (;;) or goto, is gone round twice for the
  /// same reason. Inside a loop that has one a block is entered more often.
  static bool goesRound(const Stmt *Condition, CheckerContext &C) {
    if (C.blockCount() <= 2)
      return false;
    const ParentMap &Parents = C.getLocationContext()->getParentMap();
    for (const Stmt *S = Condition; S; S = Parents.getParent(S)) {
      const Expr *Until = nullptr;
      if (const auto *F = dyn_cast<ForStmt>(S))
        Until = F->getCond();
      else if (const auto *W = dyn_cast<WhileStmt>(S))
        Until = W->getCond();
      else if (const auto *D = dyn_cast<DoStmt>(S))
        Until = D->getCond();
      if (Until && !isConstant(Until, C.getASTContext()))
        return false;
    }
    return true;
  }

  static bool isLoopCondition(const Expr *E, const LocationContext *LC,
                              bool &Negated) {
    const ParentMap &Parents = LC->getParentMap();
    const Stmt *Child = E;
    while (const Stmt *Parent = Parents.getParent(Child)) {
      if (const auto *F = dyn_cast<ForStmt>(Parent))
        return F->getCond() == Child;
      if (const auto *W = dyn_cast<WhileStmt>(Parent))
        return W->getCond() == Child;
      if (const auto *D = dyn_cast<DoStmt>(Parent))
        return D->getCond() == Child;
      if (const auto *U = dyn_cast<UnaryOperator>(Parent)) {
        Negated ^= U->getOpcode() == UO_LNot;
      } else if (const auto *B = dyn_cast<BinaryOperator>(Parent)) {
        if (!B->isLogicalOp())
          return false;
      } else if (!isa<ParenExpr, CastExpr>(Parent)) {
        return false;
      }
      Child = Parent;
    }
    return false;
  }

  /// What the branch tests, and under which locks. \p Shown is set to a
  /// predicate that is worth a note.
  ProgramStateRef tested(ProgramStateRef State, const Stmt *Condition,
                         CheckerContext &C, Identity &Shown) const {
    llvm::SmallVector<Identity, 4> Named;
    collect(Condition, Named);
    for (Identity P : Named)
      State = testedIs(State, P, nullptr, Condition, C, Shown);
    if (const auto *E = dyn_cast<Expr>(Condition)) {
      SVal Value = C.getSVal(E);
      if (SymbolRef Symbol = Value.getAsSymbol(true))
        for (SymbolRef Part : Symbol->symbols())
          if (Identity P = identify(Part->getOriginRegion()))
            State = testedIs(State, P, Part, Condition, C, Shown);
    }
    return State;
  }

  /// \p Value is what was read of \p P, null when it is read right there.
  ProgramStateRef testedIs(ProgramStateRef State, Identity P, SymbolRef Value,
                           const Stmt *Where, CheckerContext &C,
                           Identity &Shown) const {
    if (!Model->Gate.Predicates.contains(P))
      return State;
    bool Covered = false;
    for (const auto &Entry : State->get<HeldLocks>()) {
      if (!isHeld(Entry.second, Where, C) ||
          (Value && State->contains<OldValues>({Value, Entry.first})))
        continue;
      State = State->add<FreshTests>({P, Entry.first});
      Covered = true;
    }
    if (!Covered && Model->Gate.Liveness.contains(P))
      State = State->add<FreshTests>({P, nullptr});
    else if (!Covered)
      return State;
    Shown = P;
    return State;
  }

  static const NoteTag *note(CheckerContext &C, StringRef Verb, Identity Id) {
    std::string Text = Verb.str() + describe(Id);
    return C.getNoteTag([Text](BugReporterContext &,
                               PathSensitiveBugReport &Report) -> std::string {
      return Report.getBugType().getCategory() == Category ? Text : "";
    });
  }

  /// wait_event() loops without a condition of the loop: the path that sleeps
  /// a second time in one place is cut, the one that woke goes on.
  bool sleepsAgain(const CallEvent &Call, CheckerContext &C) const {
    const auto *F = dyn_cast_or_null<FunctionDecl>(Call.getDecl());
    if (!Top || !CutOthers || !F || !F->getIdentifier() ||
        !K->wait(F->getName()) || !Call.getOriginExpr())
      return false;
    Round Key{Call.getOriginExpr(), C.getStackFrame()};
    const unsigned *Seen = C.getState()->get<Rounds>(Key);
    if (Seen && *Seen >= 2) {
      C.generateSink(C.getState(), C.getPredecessor());
      return true;
    }
    ProgramStateRef State =
        C.getState()->set<Rounds>(Key, Seen ? *Seen + 1 : 1);
    C.addTransition(State);
    return true;
  }

  /// A lookup is a test of what it searches: nobody uses what it did not find.
  bool looksUp(const CallEvent &Call, CheckerContext &C) const {
    const auto *F = dyn_cast_or_null<FunctionDecl>(Call.getDecl());
    const TestRow *Row = Top && F && F->getIdentifier() ? K->test(F->getName())
                                                        : nullptr;
    if (!Row || Row->Argument >= Call.getNumArgs())
      return false;
    Identity P = identify(Call.getArgExpr(Row->Argument), *K);
    if (!P)
      P = identify(Call.getArgSVal(Row->Argument));
    if (!P || !Call.getOriginExpr())
      return true;
    Identity Shown = nullptr;
    ProgramStateRef State = testedIs(C.getState(), P, nullptr,
                                     Call.getOriginExpr(), C, Shown);
    if (State != C.getState())
      C.addTransition(State, Shown ? note(C, "Tests ", Shown) : nullptr);
    return true;
  }

  /// The row of a lock call, unless a wrapper with a row is being inlined
  /// around it (spin_lock() around _raw_spin_lock()).
  const LockRow *lockRow(const CallEvent &Call, CheckerContext &C) const {
    if (!Top || !K)
      return nullptr;
    const auto *F = dyn_cast_or_null<FunctionDecl>(Call.getDecl());
    if (!F || !F->getIdentifier())
      return nullptr;
    const LockRow *Row = K->lock(F->getName());
    if (!Row)
      return nullptr;
    for (const StackFrameContext *Frame = C.getStackFrame(); Frame;
         Frame = Frame->getParent() ? Frame->getParent()->getStackFrame()
                                    : nullptr) {
      const auto *In = dyn_cast<FunctionDecl>(Frame->getDecl());
      if (In && In->getIdentifier() && K->lock(In->getName()))
        return nullptr;
    }
    return Row;
  }

  /// The values that local variables have.
  static llvm::SmallVector<SymbolRef, 8> copies(ProgramStateRef State) {
    struct Reader : StoreManager::BindingsHandler {
      llvm::SmallVector<SymbolRef, 8> Values;
      bool HandleBinding(StoreManager &, Store, const MemRegion *Region,
                         SVal Value) override {
        const auto *Var = dyn_cast<VarRegion>(Region->getBaseRegion());
        if (Var && Var->getDecl()->hasLocalStorage())
          if (SymbolRef Symbol = Value.getAsSymbol(true))
            for (SymbolRef Part : Symbol->symbols())
              Values.push_back(Part);
        return true;
      }
    } Copies;
    State->getStateManager().iterBindings(State, Copies);
    return std::move(Copies.Values);
  }

  /// True when a candidate fence has this lock and this predicate.
  bool isGate(Identity Lock, Identity P) const {
    return P && llvm::any_of(Model->Gate.Offered, [&](const Fence &F) {
             return F.Lock == Lock && F.Predicate == P;
           });
  }

  ProgramStateRef acquire(ProgramStateRef State, Identity Lock, bool Tests,
                          CheckerContext &C) const {
    HoldInfo Info;
    for (const StackFrameContext *Frame = C.getStackFrame();
         Frame && Frame->getParent();
         Frame = Frame->getParent()->getStackFrame())
      if (isGuardConstructor(Frame)) {
        Info.Frame = Frame->getParent()->getStackFrame();
        Info.Scope = enclosingScope(Frame->getCallSite(), Info.Frame);
      }
    // Taken once more inside: it is let go by who took it first.
    const HoldInfo *Outer = State->get<HeldLocks>(Lock);
    if (Info.Frame && Outer && isHeld(*Outer, nullptr, C))
      return State;
    State = forget(State, Lock);
    State = State->set<HeldLocks>(Lock, Info);
    // A test is worth what its value was when it was read.
    for (SymbolRef Value : copies(State))
      if (isGate(Lock, identify(Value->getOriginRegion())))
        State = State->add<OldValues>({Value, Lock});
    if (Tests)
      State = State->add<FreshTests>({Lock, Lock});
    return State;
  }

  static ProgramStateRef release(ProgramStateRef State, Identity Lock) {
    for (const OldValue &Each : State->get<OldValues>())
      if (Each.second == Lock)
        State = State->remove<OldValues>(Each);
    return forget(State, Lock)->remove<HeldLocks>(Lock);
  }

  /// What was tested under \p Lock is known no more.
  static ProgramStateRef forget(ProgramStateRef State, Identity Lock) {
    for (const TestPair &Test : State->get<FreshTests>())
      if (Test.second == Lock) {
        State = State->remove<FreshTests>(Test);
        if (Test.first)
          State = State->add<StaleTests>(Test);
      }
    return State;
  }

  /// Fields and variables that the condition reads, by name.
  void collect(const Stmt *S, llvm::SmallVectorImpl<Identity> &Out) const {
    if (!S || isa<UnaryExprOrTypeTraitExpr>(S))
      return;
    if (const auto *Call = dyn_cast<CallExpr>(S))
      if (const TestRow *Row = K->test(calleeName(Call)))
        if (Row->Argument < Call->getNumArgs())
          if (Identity Id = identify(Call->getArg(Row->Argument), *K))
            Out.push_back(Id);
    if (const auto *E = dyn_cast<Expr>(S))
      if (isa<MemberExpr, DeclRefExpr>(E))
        if (Identity Id = identify(E, *K))
          Out.push_back(Id);
    // p->ops->fn tests fn, and nothing of ops.
    if (const auto *M = dyn_cast<MemberExpr>(S); M && M->isArrow())
      return;
    for (const Stmt *Child : S->children())
      collect(Child, Out);
  }
};

} // namespace

const UnitModel *strongfence::modelOf(CheckerManager &Mgr) {
  return Mgr.getChecker<ModelChecker>()->Model.get();
}

const Door *strongfence::doorOf(CheckerContext &C, const UnitModel &Model) {
  const LocationContext *LC = C.getLocationContext();
  while (LC->getParent())
    LC = LC->getParent();
  const auto *F = dyn_cast<FunctionDecl>(LC->getDecl());
  const Door *D = F ? Model.door(F) : nullptr;
  return D && Model.isExplored(*D) ? D : nullptr;
}

Verdict strongfence::judge(const Touch &T, CheckerContext &C,
                           const UnitModel &Model) {
  ProgramStateRef State = C.getState();
  auto held = [&](Identity Lock) {
    const HoldInfo *Info = State->get<HeldLocks>(Lock);
    return Info && isHeld(*Info, T.Site, C);
  };
  // What operations end too, such as a pool that they empty, is named only
  // when nothing else was tested.
  Verdict Worst, WorstOrdinary;
  auto raise = [&](Verdict::Kind Kind, const Fence &F) {
    Verdict &V = F.Ordinary ? WorstOrdinary : Worst;
    if (Kind > V.K)
      V = {Kind, F.Lock, F.Predicate};
  };
  for (const Fence &F : Model.Gate.Offered) {
    bool Fresh = State->contains<FreshTests>({F.Predicate, F.Lock});
    bool Stale = State->contains<StaleTests>({F.Predicate, F.Lock});
    if (held(F.Lock)) {
      if (Fresh)
        return {Verdict::Fenced, F.Lock, F.Predicate};
      if (F.TakenBy.empty())
        continue;
      if (Stale)
        raise(Verdict::Retaken, F);
    } else if (F.TakenBy.empty()) {
      continue;
    } else if (Fresh || Stale) {
      raise(Verdict::Dropped, F);
    }
    if (State->contains<FreshTests>({F.Predicate, nullptr}))
      raise(Verdict::Outside, F);
  }
  if (Worst.K != Verdict::Unfenced)
    return Worst;
  // The reader does its part; that teardown does not is one finding, not one
  // for each reader.
  for (const TestPair &Test : State->get<FreshTests>())
    if (isUnclosed(Model.Gate, Test.first, Test.second) && held(Test.second))
      return {Verdict::Unclosed, Test.second, Test.first};
  // Under no lock, or under one that teardown does not take for it.
  auto outside = [&](const TestPair &Test) {
    auto Kill = Model.Gate.Kills.find(Test.first);
    if (Test.first && Kill != Model.Gate.Kills.end() &&
        Worst.K == Verdict::Unfenced &&
        !llvm::any_of(Model.Gate.Offered, [&](const Fence &F) {
          return F.Predicate == Test.first && F.Lock == Test.second;
        }))
      Worst = {Verdict::Outside, Kill->second.Lock, Test.first};
  };
  for (const TestPair &Test : State->get<FreshTests>())
    outside(Test);
  for (const TestPair &Test : State->get<StaleTests>())
    outside(Test);
  return Worst.K != Verdict::Unfenced ? Worst : WorstOrdinary;
}

void strongfence::noteVerdict(CheckerManager &Mgr, const Door &D,
                              const Verdict &V) {
  std::string &Text = Mgr.getChecker<ModelChecker>()->Verdicts[D.Function];
  if (V.K == Verdict::Fenced) {
    if (Text.empty() || Text == "no-touch")
      Text = "fenced";
  } else if (V.K == Verdict::Unfenced) {
    Text = "unfenced";
  } else if (Text != "unfenced") {
    Text = "racy";
  }
}

void strongfence::claim(CheckerManager &Mgr, const Expr *Step) {
  Mgr.getChecker<ModelChecker>()->Claimed.insert(Step);
}

bool strongfence::isClaimed(CheckerManager &Mgr, const Expr *Step) {
  return Mgr.getChecker<ModelChecker>()->Claimed.contains(Step);
}

bool strongfence::inDriverCode(CheckerContext &C) {
  return isDriverCode(C.getStackFrame()->getDecl()->getLocation(),
                      C.getSourceManager());
}

bool strongfence::holdsAny(const Touch &T, CheckerContext &C) {
  for (const auto &Entry : C.getState()->get<HeldLocks>())
    if (isHeld(Entry.second, T.Site, C))
      return true;
  return false;
}

/// Where the path tested \p Predicate last.
static const FunctionDecl *testedIn(const ExplodedNode *N, Identity Predicate) {
  auto tested = [&](const ExplodedNode *Each) {
    return llvm::any_of(Each->getState()->get<FreshTests>(),
                        [&](const TestPair &T) { return T.first == Predicate; });
  };
  // The paths that met here tested the same, see the state.
  while (N && !tested(N))
    N = N->getFirstPred();
  const ExplodedNode *Before = N;
  while (Before && tested(Before)) {
    N = Before;
    Before = Before->getFirstPred();
  }
  return N ? dyn_cast<FunctionDecl>(N->getStackFrame()->getDecl()) : nullptr;
}

void strongfence::reportTouch(const BugType &Type, StringRef Rule,
                              const std::string &Message, const Touch &T,
                              const Door &D, const Verdict &V,
                              CheckerContext &C, const UnitModel &Model) {
  // One touch is one finding, of the rule whose path came first.
  CheckerManager &Mgr = *C.getAnalysisManager().getCheckerManager();
  if (!Mgr.getChecker<ModelChecker>()
           ->Reported.insert({D.Function, T.Site})
           .second)
    return;
  if (ExplodedNode *Node = C.generateErrorNode()) {
    Verdict Told = V;
    if (V.Predicate)
      Told.TestedIn = testedIn(Node, V.Predicate);
    reportTouchAt(Node, Type, Rule, Message, T, D, Told, C.getBugReporter(),
                  Model);
  }
}

void strongfence::registerModel(CheckerManager &Mgr) {
  auto *Checker = Mgr.registerChecker<ModelChecker>();
  const AnalyzerOptions &Options = Mgr.getAnalyzerOptions();
  for (const auto &[Name, Enabled] : Options.CheckersAndPackages)
    if (Enabled && !StringRef(Name).starts_with("teardown") &&
        !StringRef(Name).starts_with("alpha.teardown"))
      Checker->CutOthers = false;
  llvm::SmallVector<std::string, 2> Extra;
  StringRef Files =
      Options.getCheckerStringOption("teardown", "Kernel");
  llvm::SmallVector<StringRef, 2> Paths;
  Files.split(Paths, ';', -1, false);
  for (StringRef Path : Paths)
    Extra.push_back(Path.str());
  std::string Error;
  Checker->K = Kernel::load(Extra, Error);
  if (!Checker->K) {
    DiagnosticsEngine &Diags = Mgr.getDiagnostics();
    unsigned Id = Diags.getCustomDiagID(DiagnosticsEngine::Error,
                                        "kernel model: %0");
    Diags.Report(Id) << Error;
  }
}
