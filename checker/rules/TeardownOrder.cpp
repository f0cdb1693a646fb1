// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// teardown.TeardownOrder: something is released before those who use it are
// kept out (obligation F5).
//
// Found: in remove(), in what devres does after it, and in a probe's error
// path, a release before the call that withdraws the node, the file or the
// subsystem's device whose functions use it; a release before the barrier of
// the fence that operations pass; a use of an object after the last put. Not
// found: what is released or used in another unit, and who still runs when
// everything was withdrawn, which is UnfencedFileOp's and AsyncAfterTeardown's.

#include "model/PathState.h"
#include "model/Report.h"
#include "model/Unwinding.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace ento;
using namespace strongfence;

namespace {

class Judge {
public:
  Judge(const UnitModel &Model, ASTContext &Ctx)
      : Model(Model), K(Model.K), Ctx(Ctx), Used(Model.Unit, Model.K, Ctx),
        Unwinding(Model, Ctx) {}

  std::vector<TeardownFinding> run() {
    for (const Teardown &T : Model.Teardowns) {
      std::vector<UnwindStep> Steps = Unwinding.of(T);
      withdrawals(Steps, T.Root);
      barriers(T, Steps);
    }
    for (const Birth &B : Model.Births)
      withdrawals(Unwinding.ofFailure(B), B.Root);
    return std::move(Out);
  }

private:
  const UnitModel &Model;
  const Kernel &K;
  ASTContext &Ctx;
  Uses Used;
  Unwindings Unwinding;
  std::vector<TeardownFinding> Out;
  llvm::SmallPtrSet<const Expr *, 8> Sites;

  void withdrawals(const std::vector<UnwindStep> &Steps,
                   const FunctionDecl *Root) {
    for (const Publication &P : Model.Published) {
      if (P.Interrupt)
        continue;
      for (size_t J = 0; J != Steps.size(); ++J)
        if (Steps[J].withdraws(P)) {
          before(Steps, J, P, Root);
          break;
        }
    }
  }

  void before(const std::vector<UnwindStep> &Steps, size_t J,
              const Publication &P, const FunctionDecl *Root) {
    for (size_t I = 0; I != J; ++I) {
      std::optional<Release> R = Unwinding.release(Steps[I]);
      if (!R || mayLeave(Steps, I, J) || isNotLast(*R, Steps, I) ||
          isBorrowed(*R, Steps, I))
        continue;
      for (const Entry &Each : P.Entries)
        if (const Event *Use = use(Each, *R, Steps, I)) {
          report(Root, *R, Steps[J], P, Each, *Use);
          return;
        }
    }
  }

  /// What teardown itself has taken for a while: request_muxed_region().
  bool isBorrowed(const Release &R, const std::vector<UnwindStep> &Steps,
                  size_t At) const {
    if (!R.Resource || !R.Handle)
      return false;
    for (size_t I = 0; I != At; ++I) {
      const Event *E = Steps[I].E;
      if (E && E->K == Event::Call && E->Callee->getIdentifier() &&
          E->Callee->getName() == "__request_region" &&
          llvm::is_contained(E->Args, R.Handle))
        return true;
    }
    return false;
  }

  /// Only the last put of an object can be the one that frees it.
  bool isNotLast(const Release &R, const std::vector<UnwindStep> &Steps,
                 size_t At) const {
    if (!R.Weak || R.Struct.empty())
      return false;
    for (size_t I = At + 1; I != Steps.size(); ++I)
      if (std::optional<Release> Later = Unwinding.release(Steps[I]))
        if (Later->Struct == R.Struct)
          return true;
    return false;
  }

  /// A release in an arm that returns does not come before what follows.
  static bool mayLeave(const std::vector<UnwindStep> &Steps, size_t I,
                       size_t J) {
    if (!Steps[I].E->Conditional)
      return false;
    for (size_t Each = I + 1; Each < J; ++Each)
      if (Steps[Each].E && Steps[Each].E->K == Event::Return &&
          Steps[Each].E->In == Steps[I].E->In)
        return true;
    return false;
  }

  const Event *use(const Entry &Each, const Release &R,
                   const std::vector<UnwindStep> &Steps, size_t At) {
    const Story &U = Used.of(Each.Function);
    for (const Event &E : U) {
      if (Unwinding.makesSafe(E, R))
        return nullptr;
      // When the whole struct is freed, to ask it is a use.
      if (R.Struct.empty() && E.K == Event::Test &&
          (endedBefore(Steps, At, E.What) || clearedWith(Steps, At, E, E)))
        return nullptr;
      if (Unwinding.isUse(E, R))
        return &E;
    }
    return nullptr;
  }

  /// Teardown has changed what the operation asks first.
  static bool endedBefore(const std::vector<UnwindStep> &Steps, size_t At,
                          Identity What) {
    for (size_t I = 0; I != At; ++I)
      if (const Event *E = Steps[I].E)
        if ((E->K == Event::Kill || E->K == Event::Change) && E->What == What)
          return true;
    return false;
  }

  /// \p Lock is held at both, and was not released between them.
  static bool inOneSection(const Event &A, const Event &B, Identity Lock) {
    return llvm::any_of(A.Locks, [&](const Held &H) {
      return H.Lock == Lock && llvm::any_of(B.Locks, [&](const Held &Later) {
               return Later.Lock == Lock && Later.Since == H.Since;
             });
    });
  }

  /// Teardown changes it after the release, in a section that \p Test is kept
  /// out of, and \p Use with it.
  static bool clearedWith(const std::vector<UnwindStep> &Steps, size_t At,
                          const Event &Test, const Event &Use) {
    const Event *Release = Steps[At].E;
    if (!Release)
      return false;
    for (size_t I = At + 1; I != Steps.size(); ++I) {
      const Event *E = Steps[I].E;
      if (!E || (E->K != Event::Kill && E->K != Event::Change) ||
          E->What != Test.What)
        continue;
      for (const Held &H : Release->Locks)
        if (H.Mode == LockMode::Exclusive && inOneSection(Test, Use, H.Lock) &&
            llvm::any_of(E->Locks, [&](const Held &Later) {
              return Later.Lock == H.Lock && Later.Since == H.Since;
            }))
          return true;
    }
    return false;
  }

  /// A use behind a test of what is cleared with the release needs no other
  /// barrier.
  static bool isKeptOut(const Story &U, size_t Use,
                        const std::vector<UnwindStep> &Steps, size_t At) {
    for (size_t I = 0; I != Use; ++I)
      if (U[I].K == Event::Test && clearedWith(Steps, At, U[I], U[Use]))
        return true;
    return false;
  }

  static bool isTestedInSection(const Story &U, size_t Use, const Fence &F) {
    for (size_t I = 0; I != Use; ++I)
      if (U[I].K == Event::Test && U[I].What == F.Predicate &&
          inOneSection(U[I], U[Use], F.Lock))
        return true;
    return false;
  }

  /// A use behind a fence that was shut before the release.
  bool isFenced(const Story &U, size_t Use, const Teardown &T,
                const std::vector<UnwindStep> &Steps, size_t At) const {
    return llvm::any_of(Model.Gate.Strong, [&](const Fence &F) {
      if (F.Root != T.Root || !F.Lock || !F.Barrier ||
          !holds(U[Use], F.Lock) || !isTestedInSection(U, Use, F))
        return false;
      for (size_t I = 0; I != At; ++I)
        if (Steps[I].E && Steps[I].E->Site == F.Barrier)
          return true;
      return false;
    });
  }

  /// Operations on open files pass a fence whose barrier comes too late.
  void barriers(const Teardown &T, const std::vector<UnwindStep> &Steps) {
    auto judge = [&](const Fence &F, bool Waits) {
      if (F.Root != T.Root)
        return;
      for (size_t J = 0; J != Steps.size(); ++J)
        if (Steps[J].E && Steps[J].E->Site == F.Barrier &&
            Steps[J].E->Site) {
          beforeBarrier(T, Steps, J, F, Waits);
          return;
        }
    };
    for (const Fence &F : Model.Gate.Strong)
      judge(F, false);
    if (Model.Gate.WaitsForClose)
      judge(*Model.Gate.WaitsForClose, true);
  }

  void beforeBarrier(const Teardown &T, const std::vector<UnwindStep> &Steps,
                     size_t J, const Fence &F, bool Waits) {
    for (size_t I = 0; I != J; ++I) {
      std::optional<Release> R = Unwinding.release(Steps[I]);
      if (!R || R->Weak || holds(*Steps[I].E, F.Lock) ||
          mayLeave(Steps, I, J))
        continue;
      for (const Door &D : Model.Doors) {
        if (D.CoreFenced)
          continue;
        const Story &U = Used.of(D.Function);
        for (size_t Each = 0; Each != U.size(); ++Each) {
          if (Unwinding.makesSafe(U[Each], *R))
            break;
          if (!Unwinding.isUse(U[Each], *R) || isKeptOut(U, Each, Steps, I) ||
              isFenced(U, Each, T, Steps, I))
            continue;
          if (!Waits && (!holds(U[Each], F.Lock) ||
                         !isTestedBefore(U, Each, F.Predicate)))
            break;
          report(T, *R, *Steps[J].E, F, D, U[Each]);
          return;
        }
      }
    }
  }

  /// Where the order is chosen: the call of its root that leads to the release.
  static void place(TeardownFinding &F, const Release &R) {
    F.In = R.Via ? R.Root : R.In;
    F.Site = R.Via ? R.Via : R.Site;
    F.InTeardown = true;
  }

  static std::string quoted(const NamedDecl *D) {
    return "'" + D->getNameAsString() + "'";
  }

  void report(const FunctionDecl *Root, const Release &R,
              const UnwindStep &Withdraws, const Publication &P,
              const Entry &Each, const Event &Use) {
    if (!Sites.insert(R.Site).second)
      return;
    std::string By = Withdraws.E ? "'" + Withdraws.E->Callee->getNameAsString() +
                                       "' withdraws " + P.Name
                                 : "devres withdraws " + P.Name;
    TeardownFinding F;
    F.Message = quoted(Root) + " " + R.Says + " before " + By + ", whose " +
                quoted(Each.Function) + " " + R.Does;
    place(F, R);
    F.Says = quoted(Root) + " " + R.Says;
    F.Steps = {{P.Call, "Published from here: " + P.Name},
               {Use.Site, quoted(Each.Function) + " " + R.Does, false, true}};
    if (Withdraws.E && Withdraws.E->Site)
      F.Steps.push_back({Withdraws.E->Site, "Only now " + By, true, true});
    F.Door = Each.Function;
    F.Slot = Each.Slot;
    F.Struct = ownerName(R.Handle).str();
    F.Teardown = Root;
    F.Severity = Model.severity(Root);
    Out.push_back(std::move(F));
  }

  void report(const Teardown &T, const Release &R, const Event &Barrier,
              const Fence &Gate, const Door &D, const Event &Use) {
    if (!Sites.insert(R.Site).second)
      return;
    TeardownFinding F;
    std::string Waits =
        Gate.Lock && !Model.Gate.WaitsForClose
            ? "the barrier on " + describe(Gate.Lock)
            : std::string("it has waited for open files");
    F.Message = quoted(T.Root) + " " + R.Says + " before " + Waits + ", and " +
                quoted(D.Function) + " " + R.Does + " until then";
    place(F, R);
    F.Says = quoted(T.Root) + " " + R.Says;
    F.Steps = {{Use.Site, quoted(D.Function) + " " + R.Does, false, true},
               {Barrier.Site, "Only now comes the barrier", true, true}};
    F.Door = D.Function;
    F.Slot = D.Slot;
    F.Table = D.Table->getNameAsString();
    F.Struct = ownerName(R.Handle).str();
    F.Teardown = T.Root;
    F.Severity = Model.severity(T.Root);
    Out.push_back(std::move(F));
  }
};

/// What follows a put in the same block, and uses the object by the variable
/// that the put was given.
class AfterPut {
public:
  AfterPut(const UnitModel &Model) : Model(Model), K(Model.K) {}

  void function(const Teardown &T, const FunctionDecl *F,
                std::vector<TeardownFinding> &Out) {
    Root = T.Root;
    In = F;
    Found = &Out;
    block(F->getBody());
  }

private:
  const UnitModel &Model;
  const Kernel &K;
  const FunctionDecl *Root = nullptr, *In = nullptr;
  std::vector<TeardownFinding> *Found = nullptr;

  static const VarDecl *variable(const Expr *E) {
    const auto *Ref = dyn_cast<DeclRefExpr>(E->IgnoreParenCasts());
    const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
    return V && !V->hasGlobalStorage() ? V : nullptr;
  }

  /// `v` of put(&v->field), a counter in a struct that its last put frees.
  const VarDecl *put(const Stmt *S, const CallExpr *&Call,
                     const char *Meaning) const {
    Call = dyn_cast<CallExpr>(S);
    int Argument = Call ? K.means(calleeName(Call), Meaning) : -1;
    if (Argument < 0 || unsigned(Argument) >= Call->getNumArgs())
      return nullptr;
    const Expr *Arg = Call->getArg(Argument)->IgnoreParenCasts();
    const auto *U = dyn_cast<UnaryOperator>(Arg);
    const auto *M = U && U->getOpcode() == UO_AddrOf
                        ? dyn_cast<MemberExpr>(U->getSubExpr()->IgnoreParens())
                        : nullptr;
    if (!M || !M->isArrow() ||
        !isFreedByPut(structName(M->getBase()->getType()), Model.Unit, K))
      return nullptr;
    return variable(M->getBase());
  }

  void block(const Stmt *S) {
    if (!S)
      return;
    if (const auto *C = dyn_cast<CompoundStmt>(S))
      for (auto It = C->body_begin(); It != C->body_end(); ++It) {
        const CallExpr *Call;
        if (const VarDecl *V = put(*It, Call, "put"))
          rest(Call, V, C, It);
      }
    for (const Stmt *Child : S->children())
      block(Child);
  }

  void rest(const CallExpr *Put, const VarDecl *V, const CompoundStmt *C,
            CompoundStmt::const_body_iterator It) {
    // A reference of its own, or of a lookup: this is not the last.
    for (const CallResult &Result : Model.Unit.Results)
      if (Result.In == In &&
          (Result.Variable == V ||
           (Result.Target && variable(Result.Target) == V)) &&
          K.means(calleeName(Result.Call), "drvdata") < 0)
        return;
    for (auto Before = C->body_begin(); Before != It; ++Before)
      if (calls(*Before, V, "get"))
        return;
    const DeclRefExpr *Use = nullptr;
    for (++It; It != C->body_end(); ++It) {
      if (isa<LabelStmt, ReturnStmt, GotoStmt>(*It) || assigns(*It, V))
        break;
      if (calls(*It, V, "put") || calls(*It, V, "free"))
        return;
      if (!Use)
        Use = reference(*It, V);
    }
    if (!Use)
      return;
    std::string Struct = structName(V->getType()).str();
    std::string Name = "'" + V->getNameAsString() + "'";
    std::string Where = "'" + In->getNameAsString() + "'";
    TeardownFinding F;
    F.Message = Where + " puts " + Name + ", which the last put frees, and " +
                "uses it afterwards";
    F.In = In;
    F.Site = Use;
    F.InTeardown = true;
    F.Says = Where + " uses " + Name;
    F.Steps = {{Put,
                Where + " calls '" + calleeName(Put).str() +
                    "': unless somebody holds another reference, it is freed",
                true}};
    F.Struct = Struct;
    F.Teardown = Root;
    F.Severity = Model.severity(Root);
    Found->push_back(std::move(F));
  }

  bool calls(const Stmt *S, const VarDecl *V, const char *Meaning) const {
    if (!S)
      return false;
    if (const auto *Call = dyn_cast<CallExpr>(S)) {
      int Argument = K.means(calleeName(Call), Meaning);
      if (Argument >= 0 && unsigned(Argument) < Call->getNumArgs() &&
          reference(Call->getArg(Argument), V))
        return true;
    }
    return llvm::any_of(S->children(), [&](const Stmt *Child) {
      return calls(Child, V, Meaning);
    });
  }

  static bool assigns(const Stmt *S, const VarDecl *V) {
    const auto *B = dyn_cast<BinaryOperator>(S);
    return B && B->isAssignmentOp() && variable(B->getLHS()) == V;
  }

  static const DeclRefExpr *reference(const Stmt *S, const VarDecl *V) {
    if (!S || isa<UnaryExprOrTypeTraitExpr>(S))
      return nullptr;
    const auto *Ref = dyn_cast<DeclRefExpr>(S);
    if (Ref && Ref->getDecl() == V)
      return Ref;
    for (const Stmt *Child : S->children())
      if (const DeclRefExpr *Inner = reference(Child, V))
        return Inner;
    return nullptr;
  }
};

class TeardownOrder : public Checker<check::ASTDecl<TranslationUnitDecl>> {
  const BugType Type{this, "Released too early", "Teardown"};

public:
  void checkASTDecl(const TranslationUnitDecl *, AnalysisManager &Mgr,
                    BugReporter &BR) const {
    const UnitModel *Model = modelOf(*Mgr.getCheckerManager());
    if (!Model)
      return;
    std::vector<TeardownFinding> Found =
        Judge(*Model, Mgr.getASTContext()).run();
    llvm::SmallPtrSet<const FunctionDecl *, 16> Seen;
    for (const Teardown &T : Model->Teardowns)
      for (const Event &E : T.Told)
        if (E.K == Event::Call && Seen.insert(E.In).second)
          AfterPut(*Model).function(T, E.In, Found);
    for (const TeardownFinding &F : Found) {
      reportFinding(F, Type, "TeardownOrder", BR);
      claim(*Mgr.getCheckerManager(), F.Site);
      for (const Step &Each : F.Steps)
        if (Each.Unbind)
          claim(*Mgr.getCheckerManager(), Each.Site);
    }
  }
};

} // namespace

void registerTeardownOrder(CheckerManager &Mgr) {
  Mgr.registerChecker<TeardownOrder>();
}
