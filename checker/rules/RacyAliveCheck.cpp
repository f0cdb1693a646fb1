// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// teardown.RacyAliveCheck: a door tests liveness, and the test protects
// nothing (obligation F2).
//
// Found: the test stands outside the lock that teardown takes; the lock is
// dropped between the test and the use; it is taken again, also after a wait,
// without a new test. On teardown's side: the open count that decides whether
// it frees is read outside the lock that release changes it under. Not found: a test whose result is kept in a variable
// across functions that the analyzer does not inline.

#include "model/PathState.h"
#include "model/Report.h"

using namespace clang;
using namespace ento;
using namespace strongfence;

namespace {

class RacyAliveCheck
    : public Checker<check::ASTDecl<TranslationUnitDecl>, check::PreCall,
                     check::Location> {
  const BugType Type{this, "Racy liveness test", "Teardown"};
  mutable llvm::SmallPtrSet<const FunctionDecl *, 16> Reported;

public:
  void checkASTDecl(const TranslationUnitDecl *, AnalysisManager &Mgr,
                    BugReporter &BR) const {
    const UnitModel *Model = modelOf(*Mgr.getCheckerManager());
    if (!Model)
      return;
    for (const LooseCount &L : Model->Gate.LooseCounts)
      looseCount(L, *Model, BR);
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

  void touch(const Touch &T, const Door &D, const UnitModel &Model,
             CheckerContext &C) const {
    Verdict V = judge(T, C, Model);
    noteVerdict(manager(C), D, V);
    if (V.K < Verdict::Outside || !Reported.insert(D.Function).second)
      return;
    reportTouch(Type, "RacyAliveCheck", message(V, T, D, Model), T, D, V, C,
                Model);
  }

  void looseCount(const LooseCount &L, const UnitModel &Model,
                  BugReporter &BR) const {
    std::string Release = L.Release->Function->getNameAsString();
    std::string Count = L.Count->getNameAsString();
    std::string Lock = L.Lock->getNameAsString();
    std::string In = L.In->getNameAsString();
    TeardownFinding F;
    F.Message = "'" + In + "' tests '" + Count + "' outside '" + Lock +
                "', under which '" + Release +
                "' changes it, and frees on the answer";
    F.In = L.In;
    F.Site = L.Test;
    F.Says = "Tests '" + Count + "', and frees on the answer";
    F.InTeardown = true;
    F.Steps = {{L.Change, "'" + Release + "' changes '" + Count + "' under '" +
                              Lock + "'"},
               {L.Free, "'" + In + "' frees", true}};
    F.Door = L.Release->Function;
    F.Slot = L.Release->Slot;
    F.Table = L.Release->Table->getNameAsString();
    F.Struct = ownerName(L.Count).str();
    F.Teardown = L.Root;
    F.Severity = Model.severity(L.Root);
    reportFinding(F, Type, "RacyAliveCheck", BR);
  }

  static std::string message(const Verdict &V, const Touch &T, const Door &D,
                             const UnitModel &Model) {
    std::string Door = "'" + D.Function->getNameAsString() + "'";
    std::string Test = "'" + V.Predicate->getNameAsString() + "'";
    std::string Lock = V.Lock ? "'" + V.Lock->getNameAsString() + "'" : "";
    std::string Use = T.Does + " that " + T.Goes;
    switch (V.K) {
    case Verdict::Dropped:
      return Door + " drops " + Lock + " between the test of " + Test +
             " and the use: it " + Use;
    case Verdict::Retaken:
      return Door + " retakes " + Lock + " without a new test of " + Test +
             " and " + Use;
    default:
      break;
    }
    if (Lock.empty())
      return Door + " tests " + Test +
             " under no lock that teardown takes, and then " + Use;
    return Door + " tests " + Test + " outside " + Lock + ", and then " + Use;
  }
};

} // namespace

void registerRacyAliveCheck(CheckerManager &Mgr) {
  Mgr.registerChecker<RacyAliveCheck>();
}
