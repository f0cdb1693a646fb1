// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// teardown.OpenBeforeReady: a birth lets others in before it has initialised
// what they use (obligation F9).
//
// Found: a lock, list, wait queue, timer, work or the like that is initialised,
// or a pointer that is first set, after the call that publishes the device, the
// file or the interrupt handler, when a function behind it uses the thing
// without a test. Not found: what another unit initialises, what a field of
// another object guards, and an interrupt handler that may leave first.

#include "model/PathState.h"
#include "model/Report.h"
#include "model/Uses.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace clang;
using namespace ento;
using namespace strongfence;

namespace {

/// INIT_DELAYED_WORK() initialises a work and a timer inside.
const Expr *wholeOf(const Expr *E, const Kernel &K) {
  E = strip(E, K);
  const auto *M = dyn_cast_or_null<MemberExpr>(E);
  const auto *F = M ? dyn_cast<FieldDecl>(M->getMemberDecl()) : nullptr;
  return F && ownerName(F) == "delayed_work" ? M->getBase() : E;
}

class Judge {
public:
  Judge(const UnitModel &Model, ASTContext &Ctx)
      : Model(Model), K(Model.K), Ctx(Ctx), Used(Model.Unit, Model.K, Ctx) {}

  std::vector<TeardownFinding> run() {
    for (const Birth &B : Model.Births)
      birth(B);
    return std::move(Out);
  }

private:
  const UnitModel &Model;
  const Kernel &K;
  ASTContext &Ctx;
  Uses Used;
  std::vector<TeardownFinding> Out;
  llvm::SmallPtrSet<const Expr *, 8> Sites;

  /// What \p E makes ready, or null.
  Identity madeReady(const Event &E) const {
    if (E.K == Event::Call && E.Callee->getIdentifier()) {
      int Argument = K.means(E.Callee->getName(), "initialise");
      if (Argument < 0 || unsigned(Argument) >= E.Args.size())
        return nullptr;
      if (StringRef(ownerName(E.Args[Argument])) == "delayed_work")
        return identify(
            wholeOf(cast<CallExpr>(E.Site)->getArg(Argument), K), K);
      return E.Args[Argument];
    }
    bool Stores = E.K == Event::Change ||
                  (E.K == Event::Kill && E.Value &&
                   !E.Value->IgnoreParenCasts()->isNullPointerConstant(
                       Ctx, Expr::NPC_ValueDependentIsNotNull));
    if (!Stores || !E.What || !E.What->getType()->isPointerType() ||
        !isa<BinaryOperator>(E.Site))
      return nullptr;
    return E.What;
  }

  void birth(const Birth &B) {
    const Story &S = B.Told;
    llvm::SmallPtrSet<Identity, 4> Reported;
    llvm::SmallPtrSet<const CallExpr *, 4> Told; // a helper may publish twice
    for (size_t I = 0; I != S.size(); ++I) {
      if (S[I].K != Event::Call || S[I].Unwinds)
        continue;
      for (const Publication &P : Model.Published)
        if (P.Call == S[I].Site && !Told.count(P.Call) && !isQuiet(B, P) &&
            late(B, I, P, Reported)) {
          Told.insert(P.Call);
          break;
        }
    }
  }

  /// True when an argument of \p Call is a constant that has one of \p Bits.
  bool hasFlag(const CallExpr *Call, uint64_t Bits) const {
    return llvm::any_of(Call->arguments(), [&](const Expr *Arg) {
      Expr::EvalResult Flags;
      return Arg->getType()->isUnsignedIntegerType() &&
             Arg->EvaluateAsInt(Flags, Ctx) &&
             (Flags.Val.getInt().getZExtValue() & Bits);
    });
  }

  /// A message of PCI comes from the device alone, and no sooner than it is
  /// told to send it; only a line that is shared is raised by others.
  /// __setup_irq() leaves a line off that is not to be enabled by the request.
  bool isQuiet(const Birth &B, const Publication &P) const {
    if (!P.Interrupt)
      return false;
    constexpr uint64_t Shared = 0x80;       // IRQF_SHARED
    constexpr uint64_t LeftOff = 0x80000;   // IRQF_NO_AUTOEN
    constexpr uint64_t StaysOff = 0x1000;   // IRQ_NOAUTOEN
    if (hasFlag(P.Call, LeftOff))
      return true;
    for (const Event &E : B.Told) {
      if (E.Site == P.Call)
        break;
      if (E.K == Event::Call && E.Callee->getIdentifier() &&
          E.Callee->getName() == "irq_set_status_flags" &&
          hasFlag(cast<CallExpr>(E.Site), StaysOff))
        return true;
    }
    return B.Slots && structName(B.Slots->getType()) == "pci_driver" &&
           !hasFlag(P.Call, Shared);
  }

  bool late(const Birth &B, size_t At, const Publication &P,
            llvm::SmallPtrSet<Identity, 4> &Reported) {
    const Story &S = B.Told;
    for (size_t J = At + 1; J != S.size(); ++J) {
      const Event &E = S[J];
      if (E.Unwinds)
        continue;
      if (E.K == Event::Return && E.In == B.Root && !E.Conditional)
        return false;
      Identity X = E.Conditional ? nullptr : madeReady(E);
      if (!X || Reported.count(X) || wasReady(S, At, X) ||
          isReadyElsewhere(S, X) || isNewObject(S, At, X))
        continue;
      for (const Entry &Each : P.Entries)
        if (const Event *Use = use(Each, X, S, At, J, P)) {
          Reported.insert(X);
          report(B, P, Each, *Use, X, S[At], E);
          return true;
        }
    }
    return false;
  }

  bool wasReady(const Story &S, size_t At, Identity X) const {
    for (size_t I = 0; I < At; ++I)
      if (madeReady(S[I]) == X)
        return true;
    return false;
  }

  /// Another function, or the caller, makes it ready too: who comes first is
  /// not known.
  bool isReadyElsewhere(const Story &S, Identity X) {
    llvm::SmallPtrSet<const FunctionDecl *, 16> In;
    for (const Event &E : S)
      In.insert(E.In);
    for (const FieldStore &Store : Model.Unit.Stores)
      if (Store.Field->getCanonicalDecl() == X && !In.count(Store.In) &&
          !isConstant(Store.Value, Ctx))
        return true;
    for (const CallSite &Site : Model.Unit.Calls) {
      if (In.count(Site.In))
        continue;
      int Argument = K.means(calleeName(Site.Call), "initialise");
      if (Argument >= 0 && unsigned(Argument) < Site.Call->getNumArgs() &&
          identify(wholeOf(Site.Call->getArg(Argument), K), K) == X)
        return true;
    }
    return false;
  }

  /// An object that is allocated after the publication is nobody's yet.
  bool isNewObject(const Story &S, size_t At, Identity X) const {
    StringRef Struct = ownerName(X);
    if (Struct.empty())
      return false;
    for (const CallResult &Result : Model.Unit.Results) {
      if (structName(Result.Type) != Struct)
        continue;
      for (size_t I = At + 1; I < S.size(); ++I)
        if (S[I].Site == Result.Call)
          return true;
    }
    return false;
  }

  bool isUse(const Event &E, Identity X) const {
    if (!X->getType()->isPointerType())
      return isAbout(E, X);
    if (E.K == Event::Deref)
      return E.What == X;
    if (E.K != Event::Call || !E.Callee->getIdentifier())
      return false;
    const TouchRow *Row = K.touch(E.Callee->getName());
    return Row && Row->Argument >= 0 &&
           unsigned(Row->Argument) < E.Args.size() &&
           E.Args[Row->Argument] == X;
  }

  const Event *use(const Entry &Each, Identity X, const Story &S, size_t At,
                   size_t Ready, const Publication &P) {
    const Story &U = Used.of(Each.Function);
    for (size_t I = 0; I != U.size(); ++I) {
      const Event &E = U[I];
      // What an operation sets up itself it need not find.
      if (madeReady(E) == X)
        return nullptr;
      if (E.K == Event::Test &&
          (E.What == X ? X->getType()->isPointerType()
                       : changesLater(S, At, E.What)))
        return nullptr;
      // A handler that finds nothing to do leaves before.
      if (P.Interrupt && E.K == Event::Return && E.In == Each.Function)
        return nullptr;
      if (isUse(E, X)) {
        if ((P.Interrupt && E.Conditional) ||
            haveCommonLock(S[At], S[Ready], E))
          return nullptr;
        return &E;
      }
    }
    return nullptr;
  }

  /// A flag that says "ready", or what counts who may.
  static bool changesLater(const Story &S, size_t At, Identity Flag) {
    for (size_t I = At + 1; I < S.size(); ++I)
      if ((S[I].K == Event::Kill || S[I].K == Event::Change) &&
          S[I].What == Flag && !S[I].Unwinds)
        return true;
    return false;
  }

  static bool haveCommonLock(const Event &A, const Event &B, const Event &C) {
    return llvm::any_of(A.Locks, [&](const Held &H) {
      return holds(B, H.Lock) && holds(C, H.Lock);
    });
  }

  void report(const Birth &B, const Publication &P, const Entry &Each,
              const Event &Use, Identity X, const Event &Publish,
              const Event &Ready) {
    if (!Sites.insert(Ready.Site).second)
      return;
    bool Sets = X->getType()->isPointerType() && Ready.K != Event::Call;
    std::string Root = "'" + B.Root->getNameAsString() + "'";
    std::string Door = "'" + Each.Function->getNameAsString() + "'";
    std::string Name = "'" + X->getNameAsString() + "'";
    std::string Makes = Sets ? "sets " : "initialises ";
    TeardownFinding F;
    F.Message = Root + " " + Makes + describe(X) + " after '" +
                Publish.Callee->getNameAsString() + "' has published " +
                P.Name + ", whose " + Door + " uses it";
    F.In = Ready.In;
    F.Site = Ready.Site;
    F.Says = Root + " " + Makes + Name;
    F.InTeardown = true;
    F.Steps = {{Publish.Site, Root + " publishes " + P.Name, true},
               {Use.Site, Door + " may run from then on, and uses " + Name}};
    F.Door = Each.Function;
    F.Slot = Each.Slot;
    F.Struct = ownerName(X).str();
    F.Teardown = B.Root; // the other side
    F.Severity = Model.severity(B.Undone ? B.Undone->Root : nullptr);
    Out.push_back(std::move(F));
  }
};

class OpenBeforeReady : public Checker<check::ASTDecl<TranslationUnitDecl>> {
  const BugType Type{this, "Published before it is ready", "Teardown"};

public:
  void checkASTDecl(const TranslationUnitDecl *, AnalysisManager &Mgr,
                    BugReporter &BR) const {
    const UnitModel *Model = modelOf(*Mgr.getCheckerManager());
    if (!Model || Model->Published.empty())
      return;
    for (const TeardownFinding &F :
         Judge(*Model, Mgr.getASTContext()).run())
      reportFinding(F, Type, "OpenBeforeReady", BR);
  }
};

} // namespace

void registerOpenBeforeReady(CheckerManager &Mgr) {
  Mgr.registerChecker<OpenBeforeReady>();
}
