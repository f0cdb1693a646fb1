// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Proxies.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace strongfence;

namespace {

constexpr unsigned Depth = 4;

class Finder {
public:
  Finder(const Index &Unit, const Kernel &K, ASTContext &Ctx)
      : Unit(Unit), K(K), Ctx(Ctx) {}

  std::vector<Fence> run(llvm::function_ref<ArrayRef<Reader>()> Readers) {
    for (const FunctionDecl *F : Unit.Functions) {
      if (isInitOrExit(F) || !isPromising(F))
        continue;
      // What a last put completes is what the function waits for.
      Story Told = tell(F, K, Ctx, /*Puts=*/true, Depth);
      for (size_t I = 0; I != Told.size(); ++I) {
        if (Told[I].Unwinds)
          continue;
        if (Told[I].K == Event::Change && Told[I].In == F)
          swaps(F, Told, I);
        else if (Told[I].K == Event::Kill && Told[I].In == F)
          drains(F, Told, I);
      }
    }
    if (Found.empty())
      return {};
    for (const Reader &R : Readers())
      confirm(R);
    std::vector<Fence> Out;
    for (const Candidate &C : Found)
      if (C.F.Test)
        Out.push_back(C.F);
    return Out;
  }

private:
  const Index &Unit;
  const Kernel &K;
  ASTContext &Ctx;

  struct Candidate {
    Fence F;
    bool Held = false;               ///< readers call with the lock held
    const VarDecl *Table = nullptr; ///< drained: its doors are the readers
  };
  std::vector<Candidate> Found;

  /// It stores the address of a table, or calls what drains one.
  bool isPromising(const FunctionDecl *F) const {
    return llvm::any_of(Unit.Stores,
                        [&](const FieldStore &S) {
                          return S.In == F && S.Target && table(S.Value);
                        }) ||
           llvm::any_of(Unit.Calls, [&](const CallSite &S) {
             return S.In == F && K.means(calleeName(S.Call), "drain") >= 0;
           });
  }

  /// The variable of `&variable`, a local copy standing for what it copies.
  static const VarDecl *table(const Expr *Value) {
    const auto *U =
        Value ? dyn_cast<UnaryOperator>(Value->IgnoreParenCasts()) : nullptr;
    const auto variable = [](const Expr *E) -> const VarDecl * {
      const auto *Ref = dyn_cast<DeclRefExpr>(E->IgnoreParenCasts());
      return Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
    };
    const VarDecl *Var = U && U->getOpcode() == UO_AddrOf
                             ? variable(U->getSubExpr())
                             : nullptr;
    if (Var && !Var->hasGlobalStorage() && Var->getInit())
      Var = variable(Var->getInit());
    if (!Var || !Var->hasGlobalStorage() || !Var->getType()->isRecordType())
      return nullptr;
    return Var;
  }

  static bool uses(const Stmt *S, const FunctionDecl *F) {
    if (!S)
      return false;
    if (const auto *Ref = dyn_cast<DeclRefExpr>(S))
      if (isa<ParmVarDecl>(Ref->getDecl()))
        return true;
    return llvm::any_of(S->children(),
                        [&](const Stmt *Child) { return uses(Child, F); });
  }

  /// Most of its functions look at nothing they are given: they only fail.
  static bool isDead(const VarDecl *Table) {
    const auto *List =
        dyn_cast_or_null<InitListExpr>(Table->getAnyInitializer());
    unsigned Dummies = 0, Others = 0;
    if (List)
      forEachInit(List, [&](const FieldDecl *, const Expr *Value) {
        const FunctionDecl *F = namedFunction(Value);
        if (!F)
          return;
        const FunctionDecl *Def = definition(F);
        (Def && Def->getNumParams() && !uses(Def->getBody(), Def) ? Dummies
                                                                  : Others)++;
      });
    return Dummies > 1 && Dummies > Others;
  }

  Candidate make(StringRef Shape, Identity Lock, const Event &Kill,
                 const FunctionDecl *Root, const Expr *Barrier) {
    Candidate C;
    C.F.Lock = Lock;
    C.F.Predicate = Kill.What;
    C.F.Shape = Shape.str();
    C.F.Root = Root;
    C.F.Teardown = Kill.In;
    C.F.Kill = Kill.Site;
    C.F.Barrier = Barrier;
    return C;
  }

  void swaps(const FunctionDecl *F, const Story &Told, size_t I) {
    const Event &E = Told[I];
    const VarDecl *Dead = E.What ? table(E.Value) : nullptr;
    if (!Dead || !isDead(Dead))
      return;
    for (const Held &H : E.Locks)
      if (H.Mode == LockMode::Exclusive) {
        Candidate C = make("S6c", H.Lock, E, F, E.Site);
        C.Held = true;
        Found.push_back(std::move(C));
      }
    // Or it waits until its own reference was the last one.
    bool Put = false;
    llvm::DenseSet<Identity> Woken;
    for (size_t J = I + 1; J != Told.size(); ++J) {
      const Event &Later = Told[J];
      Put |= Later.K == Event::Kill && isa<CallExpr>(Later.Site) &&
             K.means(calleeName(cast<CallExpr>(Later.Site)), "put") >= 0;
      if (Later.K == Event::Wake && Put)
        Woken.insert(Later.What);
      if (Later.K == Event::Wait && Woken.contains(Later.What))
        return Found.push_back(make("S6c", Later.What, E, F, Later.Site));
    }
  }

  /// What the file's operations ask for is made dead, and then the core is
  /// told to take the file back: it waits for those inside.
  void drains(const FunctionDecl *F, const Story &Told, size_t I) {
    for (size_t J = I + 1; J != Told.size(); ++J) {
      const Event &E = Told[J];
      int Argument = K.means(calleeName(E), "drain");
      if (Argument < 0 || unsigned(Argument) >= E.Args.size() ||
          !E.Args[Argument])
        continue;
      for (const VarDecl *Table : behind(E.Args[Argument])) {
        Candidate C = make("S6a", nullptr, Told[I], F, E.Site);
        C.Table = Table;
        Found.push_back(std::move(C));
      }
    }
  }

  /// The tables of the files that were created as \p Entry.
  llvm::SmallVector<const VarDecl *, 2> behind(Identity Entry) const {
    llvm::SmallVector<const VarDecl *, 2> Out;
    for (const CallResult &R : Unit.Results) {
      const RegistrationRow *Row = K.registrationCall(calleeName(R.Call));
      if (!Row || Row->Kind != Registration::Drained || !R.Target ||
          Row->Argument >= R.Call->getNumArgs() ||
          identify(R.Target, K) != Entry)
        continue;
      if (Identity Table = identify(R.Call->getArg(Row->Argument), K))
        if (const auto *Var = dyn_cast<VarDecl>(Table))
          Out.push_back(Var);
    }
    return Out;
  }

  void confirm(const Reader &R) {
    for (Candidate &C : Found) {
      if (R.F == C.F.Root)
        continue;
      for (const Event &E : R.Told) {
        const Expr *Acquire = nullptr;
        if (C.Table) {
          if (E.K != Event::Test || E.What != C.F.Predicate || !E.Exits ||
              !R.D || !R.D->CoreFenced ||
              R.D->Table->getCanonicalDecl() != C.Table)
            continue;
        } else if (E.K != Event::Indirect || E.Through != C.F.Predicate) {
          continue;
        }
        if (C.Held) {
          const auto *H = llvm::find_if(
              E.Locks, [&](const Held &Each) { return Each.Lock == C.F.Lock; });
          if (H == E.Locks.end())
            continue;
          C.F.Readers = H->Mode;
          Acquire = H->Site;
        }
        if (!C.F.Test) {
          C.F.Test = E.Site;
          C.F.Acquire = Acquire;
        }
        C.F.Refuses = true;
        if (!llvm::is_contained(C.F.TakenBy, R.F))
          C.F.TakenBy.push_back(R.F);
      }
    }
  }
};

} // namespace

std::vector<Fence>
strongfence::findProxies(const Index &Unit,
                         llvm::function_ref<ArrayRef<Reader>()> Readers,
                         const Kernel &K, ASTContext &Ctx) {
  return Finder(Unit, K, Ctx).run(Readers);
}
