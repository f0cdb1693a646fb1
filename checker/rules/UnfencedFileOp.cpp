// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// teardown.UnfencedFileOp: a door reaches a touch with no fence held and
// tested (obligations F2 and F4).
//
// Found: a path from an operation on an open file to an expression that needs
// what teardown takes away, on which no inferred fence is held, or one is held
// and its predicate was never tested. Not found: a touch in another unit, one
// behind a function pointer, and a door whose registration the unit does not
// show. A test that protects nothing is RacyAliveCheck's.

#include "model/PathState.h"
#include "model/Report.h"

using namespace clang;
using namespace ento;
using namespace strongfence;

namespace {

class UnfencedFileOp : public Checker<check::PreCall, check::Location> {
  const BugType Type{this, "Unfenced file operation", "Teardown"};
  mutable llvm::SmallPtrSet<const FunctionDecl *, 16> Reported;

public:
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
    if (V.K != Verdict::Unfenced || !Reported.insert(D.Function).second)
      return;
    reportTouch(Type, "UnfencedFileOp", message(T, D), T, D, V, C, Model);
  }

  static std::string message(const Touch &T, const Door &D) {
    return "'" + D.Function->getNameAsString() + "' " + T.Does + " that " +
           T.Goes + ", and no fence excludes the two";
  }
};

} // namespace

void registerUnfencedFileOp(CheckerManager &Mgr) {
  Mgr.registerChecker<UnfencedFileOp>();
}
