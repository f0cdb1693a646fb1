// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// teardown.FenceNeverClosed: operations pass a gate that teardown does not
// shut (obligation F3).
//
// Found: an operation tests a predicate under a lock and uses, still under it,
// what teardown takes away, but teardown makes the predicate dead and passes
// no exclusive section or barrier of that lock; teardown passes an empty
// section of the lock and never makes the predicate dead; teardown waits until
// all files are closed, but gives up after a time. Not found: a teardown in
// another unit. An operation that is wrong itself is RacyAliveCheck's, one that
// tests nothing UnfencedFileOp's.

#include "model/PathState.h"
#include "model/Report.h"

using namespace clang;
using namespace ento;
using namespace strongfence;

namespace {

class FenceNeverClosed
    : public Checker<check::ASTDecl<TranslationUnitDecl>, check::PreCall,
                     check::Location, check::EndOfTranslationUnit> {
  const BugType Type{this, "Fence never closed", "Teardown"};
  /// By lock and predicate, the findings of the doors that test it there.
  mutable llvm::MapVector<std::pair<Identity, Identity>,
                          llvm::SmallVector<TeardownFinding, 2>>
      Open;

public:
  void checkASTDecl(const TranslationUnitDecl *, AnalysisManager &Mgr,
                    BugReporter &BR) const {
    const UnitModel *Model = modelOf(*Mgr.getCheckerManager());
    if (!Model)
      return;
    if (Model->Gate.GivesUp && !Model->Gate.WaitsForClose)
      givesUp(*Model->Gate.GivesUp, *Model, BR);
    for (const Teardown &T : Model->Teardowns)
      emptySections(T, *Model, Mgr.getASTContext(), BR);
  }

  /// One lock, one finding: the predicate that most doors ask.
  void checkEndOfTranslationUnit(const TranslationUnitDecl *,
                                 AnalysisManager &, BugReporter &BR) const {
    llvm::MapVector<Identity, llvm::ArrayRef<TeardownFinding>> Most;
    for (const auto &[Gate, Doors] : Open) {
      auto &Known = Most[Gate.first];
      if (Doors.size() > Known.size())
        Known = Doors;
    }
    for (const auto &[Lock, Doors] : Most)
      reportFinding(Doors.front(), Type, "FenceNeverClosed", BR);
    Open.clear();
  }

  void checkPreCall(const CallEvent &Call, CheckerContext &C) const {
    if (const UnitModel *Model = modelOf(manager(C)))
      if (const Door *D = doorOf(C, *Model))
        if (auto T = touchOf(Call, *Model))
          touch(*T, *D, *Model, C);
  }

  void checkLocation(SVal Location, bool, const Stmt *Site,
                     CheckerContext &C) const {
    const UnitModel *Model = modelOf(manager(C));
    if (Model && inDriverCode(C))
      if (const Door *D = doorOf(C, *Model))
        if (auto T = touchOf(Location, Site, *Model))
          touch(*T, *D, *Model, C);
  }

private:
  static CheckerManager &manager(CheckerContext &C) {
    return *C.getAnalysisManager().getCheckerManager();
  }

  static TeardownFinding about(const Door *D, const FunctionDecl *Root,
                               const FunctionDecl *In, const Expr *Site,
                               const UnitModel &Model) {
    TeardownFinding F;
    F.In = In;
    F.Site = Site;
    F.InTeardown = true;
    if (D) {
      F.Door = D->Function;
      F.Slot = D->Slot;
      F.Table = D->Table->getNameAsString();
    }
    F.Teardown = Root;
    F.Severity = Model.severity(Root);
    return F;
  }

  /// The test of \p P under \p L by \p Told, or null.
  static const Event *testIn(const Story &Told, Identity P, Identity L) {
    for (const Event &E : Told)
      if (E.K == Event::Test && E.What == P && E.Exits && holds(E, L))
        return &E;
    return nullptr;
  }

  void touch(const Touch &T, const Door &D, const UnitModel &Model,
             CheckerContext &C) const {
    Verdict V = judge(T, C, Model);
    noteVerdict(manager(C), D, V);
    if (V.K != Verdict::Unclosed)
      return;
    auto &Doors = Open[{V.Lock, V.Predicate}];
    for (const TeardownFinding &Known : Doors)
      if (Known.Door == D.Function)
        return;
    const Fence &Kill = Model.Gate.Kills.find(V.Predicate)->second;
    std::string Door = D.Function->getNameAsString();
    std::string In = Kill.Teardown->getNameAsString();
    std::string P = V.Predicate->getNameAsString();
    std::string L = V.Lock->getNameAsString();
    bool Waits = structName(V.Lock->getType()) == "srcu_struct";
    TeardownFinding F =
        about(&D, Kill.Root, Kill.Teardown, Kill.Kill, Model);
    F.Message = "'" + In + "' ends '" + P + "', which '" + Door +
                "' tests under '" + L + "', and no teardown " +
                (Waits ? "waits for those who hold '" : "takes '") + L +
                "' after that";
    F.Says = "Ends '" + P + "' and does not " +
             (Waits ? "wait for who holds '" : "take '") + L + "'";
    F.Struct = ownerName(V.Predicate).str();
    Story Told = tell(D.Function, Model.K, C.getASTContext());
    if (const Event *Test = testIn(Told, V.Predicate, V.Lock))
      F.Steps.push_back(
          {Test->Site, "'" + Door + "' tests '" + P + "' under '" + L + "'"});
    F.Steps.push_back({T.Site, "'" + Door + "' " + T.Does + " that " + T.Goes});
    Doors.push_back(std::move(F));
  }

  void givesUp(const Fence &Wait, const UnitModel &Model,
               BugReporter &BR) const {
    const Door *D = Model.door(Wait.TakenBy.front());
    std::string On = Wait.Lock->getNameAsString();
    std::string In = Wait.Teardown->getNameAsString();
    std::string Release = Wait.TakenBy.front()->getNameAsString();
    TeardownFinding F = about(D, Wait.Root, Wait.Teardown, Wait.Kill, Model);
    F.Message = "'" + In + "' waits for '" + On + "', which '" + Release +
                "' completes, for some time only and then goes on";
    F.Says = "Goes on when the time is up, with files still open";
    F.Struct = ownerName(Wait.Lock).str();
    F.Steps = {{Wait.Test, "'" + Release + "' completes '" + On +
                               "' when the last file is closed"}};
    reportFinding(F, Type, "FenceNeverClosed", BR);
  }

  /// An exclusive section in which nothing happens can only be a barrier; what
  /// is it a barrier for?
  void emptySections(const Teardown &T, const UnitModel &Model,
                     ASTContext &Ctx, BugReporter &BR) const {
    for (size_t I = 0; I + 1 < T.Told.size(); ++I) {
      const Event &Take = T.Told[I];
      if (Take.K != Event::Acquire || T.Told[I + 1].K != Event::Release ||
          T.Told[I + 1].What != Take.What)
        continue;
      const LockRow *Row = Model.K.lock(calleeName(cast<CallExpr>(Take.Site)));
      if (Row && Row->Mode == LockMode::Exclusive)
        emptySection(T, Take, Model, Ctx, BR);
    }
  }

  void emptySection(const Teardown &T, const Event &Take,
                    const UnitModel &Model, ASTContext &Ctx,
                    BugReporter &BR) const {
    struct Ask {
      const Door *D;
      const Expr *Test;
      unsigned Count;
    };
    llvm::MapVector<Identity, Ask> Asked;
    llvm::DenseSet<Identity> Changed;
    for (const Door &D : Model.Doors) {
      llvm::DenseSet<Identity> Here;
      for (const Event &E : tell(D.Function, Model.K, Ctx)) {
        if (E.K == Event::Kill || E.K == Event::Change)
          Changed.insert(E.What);
        if (E.K == Event::Test && E.Exits && holds(E, Take.What) && E.What &&
            E.What != Take.What && Here.insert(E.What).second) {
          Ask &A = Asked.insert({E.What, {&D, E.Site, 0}}).first->second;
          ++A.Count;
        }
      }
    }
    for (const auto &[P, A] : Asked) {
      // What the lock guards for other reasons is tested here and there, and
      // changed by operations.
      if (A.Count < 2 || Changed.contains(P) || Model.Gate.Kills.count(P) ||
          !P->getType()->isPointerType() ||
          endsIn(Model, P))
        continue;
      std::string In = Take.In->getNameAsString();
      std::string Door = A.D->Function->getNameAsString();
      std::string Name = P->getNameAsString(), L = Take.What->getNameAsString();
      TeardownFinding F = about(A.D, T.Root, Take.In, Take.Site, Model);
      F.Message = "'" + In + "' waits for those who hold '" + L +
                  "', and no teardown ends '" + Name + "', which '" + Door +
                  "' tests under it";
      F.Says = "Takes '" + L + "', changes nothing, and lets the next one in";
      F.Struct = ownerName(P).str();
      F.Steps = {{A.Test,
                  "'" + Door + "' tests '" + Name + "' under '" + L + "'"}};
      reportFinding(F, Type, "FenceNeverClosed", BR);
    }
  }

  /// Any code of the unit that could make \p P dead.
  static bool endsIn(const UnitModel &Model, Identity P) {
    for (const Teardown &T : Model.Teardowns)
      for (const Event &E : T.Told)
        if ((E.K == Event::Kill || E.K == Event::Change) && E.What == P)
          return true;
    return false;
  }
};

} // namespace

void registerFenceNeverClosed(CheckerManager &Mgr) {
  Mgr.registerChecker<FenceNeverClosed>();
}
