// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Closings.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace strongfence;

namespace {

constexpr unsigned Depth = 4; ///< a closing stands close to its barrier

StringRef typeOf(Identity Id) { return structName(Id->getType()); }

bool isReadWriteLock(Identity Lock) {
  StringRef Type = typeOf(Lock);
  return Type == "rw_semaphore" || Type == "percpu_rw_semaphore" ||
         Type == "ld_semaphore";
}

/// A flag, a state or a pointer; what holds other things says little, and a
/// static local is a macro's own.
bool isPlain(Identity Predicate) {
  QualType Type = Predicate->getType();
  const auto *Var = dyn_cast<VarDecl>(Predicate);
  return !(Var && Var->isStaticLocal()) &&
         (Type->isIntegralOrEnumerationType() || Type->isPointerType());
}

/// \p Name only takes while the count is not negative: dead is below zero. The
/// others only take while it is not zero.
bool deadIsNegative(StringRef Name) { return Name.contains("unless_negative"); }

class Finder {
public:
  Finder(const Index &Unit, const Fences &Gate, const Kernel &K,
         ASTContext &Ctx)
      : Unit(Unit), Gate(Gate), K(K), Ctx(Ctx) {}

  std::vector<Fence> run(llvm::function_ref<ArrayRef<Reader>()> Readers) {
    for (const FunctionDecl *F : Unit.Functions)
      if (!isInitOrExit(F))
        function(F);
    if (Found.empty())
      return {};
    for (const Reader &R : Readers())
      confirm(R);
    std::vector<Fence> Out;
    for (const Candidate &C : Found)
      if (!C.Ordinary && C.F.Refuses)
        Out.push_back(C.F);
    return Out;
  }

private:
  const Index &Unit;
  const Fences &Gate;
  const Kernel &K;
  ASTContext &Ctx;

  struct Candidate {
    Fence F;
    bool Shared = false;  ///< readers must share the lock
    bool Stored = false;  ///< the kill is a store, which operations may do too
    bool Negative = false; ///< a reservation leaves a count below zero
    bool Ordinary = false;
    size_t Apart = 0; ///< events between kill and barrier
  };
  std::vector<Candidate> Found;

  void add(Candidate C) {
    auto same = [&](const Fence &Known) {
      return Known.Lock == C.F.Lock && Known.Predicate == C.F.Predicate;
    };
    if (llvm::any_of(Gate.Strong, same))
      return;
    for (Candidate &Known : Found)
      if (same(Known.F)) {
        // Where one ends in the other it is the nearer that closes.
        if (C.Apart < Known.Apart)
          Known = std::move(C);
        return;
      }
    Found.push_back(std::move(C));
  }

  static Candidate make(StringRef Shape, Identity Lock, const Event &Kill,
                        const FunctionDecl *Root, const Expr *Barrier) {
    Candidate C;
    C.F.Lock = Lock;
    C.F.Predicate = Kill.What;
    C.F.Shape = Shape.str();
    C.F.Root = Root;
    C.F.Teardown = Kill.In;
    C.F.Path = Kill.Path;
    C.F.Kill = Kill.Site;
    C.F.KillValue = Kill.Value;
    C.F.Barrier = Barrier;
    return C;
  }

  /// Both stand in one function that the story's own calls: that function's
  /// story tells them.
  static bool isInside(const Expr *ViaOne, const Expr *ViaOther) {
    return ViaOne && ViaOne == ViaOther;
  }

  void function(const FunctionDecl *F) {
    Story Told = tell(F, K, Ctx, /*Puts=*/false, Depth);
    for (size_t I = 0; I != Told.size(); ++I) {
      const Event &E = Told[I];
      // Who takes back its own failure had no reader yet.
      if (E.Unwinds)
        continue;
      if (E.K == Event::Kill && E.What) {
        if (isa<CallExpr>(E.Site))
          counts(F, Told, I);
        else if (isPlain(E.What))
          stores(F, Told, I);
      } else if (E.K == Event::Call && E.In == F) {
        reserves(F, E);
      }
    }
  }

  /// An active reference (S4): killed, then waited for. The last put wakes, or
  /// the completion stands beside the count.
  void counts(const FunctionDecl *F, const Story &Told, size_t I) {
    const Event &Kill = Told[I];
    // To set a count is to begin with it.
    const LockRow *Drops = K.lock(calleeName(cast<CallExpr>(Kill.Site)));
    if (typeOf(Kill.What) != "percpu_ref" &&
        (!Drops || Drops->Action != LockAction::Release))
      return;
    llvm::DenseSet<Identity> Woken;
    for (size_t J = I + 1; J != Told.size(); ++J) {
      const Event &E = Told[J];
      if (E.K == Event::Wake && E.In == Kill.In)
        Woken.insert(E.What);
      if (E.K != Event::Wait || E.Unwinds || isInside(Kill.Via, E.Via) ||
          ownerName(E.What).empty() ||
          ownerName(E.What) != ownerName(Kill.What) ||
          (typeOf(E.What) != "completion" && !Woken.contains(E.What)))
        continue;
      Candidate C = make("S4", Kill.What, Kill, F, E.Site);
      C.Apart = J - I;
      return add(std::move(C));
    }
  }

  void stores(const FunctionDecl *F, const Story &Told, size_t I) {
    const Event &Kill = Told[I];
    if (!Kill.Value || isReset(Kill) || Gate.Moving.contains(Kill.What))
      return;
    for (const Held &H : Kill.Locks) {
      if (H.Mode != LockMode::Exclusive)
        continue;
      if (isReadWriteLock(H.Lock) && !isInside(Kill.Via, via(Told, H, I))) {
        Candidate C = make("S1", H.Lock, Kill, F, Kill.Site);
        C.Shared = C.Stored = true;
        add(std::move(C));
      } else if (dies(Told, I, H)) {
        Candidate C = make("S2", H.Lock, Kill, F, Kill.Site);
        C.Stored = true;
        add(std::move(C));
      }
    }
    for (size_t J = I + 1; J != Told.size(); ++J)
      if (const Event &E = Told[J];
          E.K == Event::Barrier && E.What && !E.Unwinds &&
          !isInside(Kill.Via, E.Via)) {
        Candidate C = make("S3", E.What, Kill, F, E.Site);
        C.Shared = C.Stored = true;
        C.Apart = J - I;
        add(std::move(C));
      }
  }

  /// What is wider than an int and is stored whole counts something.
  bool isReset(const Event &Kill) const {
    const auto *B = dyn_cast<BinaryOperator>(Kill.Site);
    QualType Type = Kill.What->getType();
    return B && B->getOpcode() == BO_Assign && !Type->isPointerType() &&
           Ctx.getTypeSize(Type) > Ctx.getTypeSize(Ctx.IntTy);
  }

  static const Expr *via(const Story &Told, const Held &H, size_t I) {
    while (I--)
      if (Told[I].K == Event::Acquire && Told[I].Site == H.Site)
        return Told[I].Via;
    return nullptr;
  }

  /// A mutex excludes readers from each other as well, so that a store under
  /// it says nothing by itself: the object must go next, and for good.
  bool dies(const Story &Told, size_t I, const Held &H) const {
    const Event &Kill = Told[I];
    for (size_t J = I + 1; J != Told.size(); ++J) {
      const Event &E = Told[J];
      if (E.K != Event::Call || isInside(Kill.Via, E.Via) || E.Conditional)
        continue;
      int Argument = K.means(calleeName(E), "free");
      const auto *Call = cast<CallExpr>(E.Site);
      if (Argument < 0 || unsigned(Argument) >= Call->getNumArgs())
        continue;
      StringRef Goes = structName(
          Call->getArg(Argument)->IgnoreParenImpCasts()->getType());
      if (!Goes.empty() && Goes == ownerName(Kill.What) &&
          Goes == ownerName(H.Lock))
        return true;
    }
    return false;
  }

  /// atomic_cmpxchg(&count, 0, DEAD): who finds users gives up, and after the
  /// exchange nobody gets in (S8).
  void reserves(const FunctionDecl *F, const Event &E) {
    int Argument = K.means(calleeName(E), "reserve");
    const auto *Call = cast<CallExpr>(E.Site);
    if (Argument < 0 || unsigned(Argument) >= E.Args.size() ||
        !E.Args[Argument] || !isAsked(Call, F->getBody()))
      return;
    Event Kill = E;
    Kill.What = E.Args[Argument];
    Candidate C = make("S8", Kill.What, Kill, F, E.Site);
    // refcount_dec_if_one() leaves zero. What goes up is brought to life.
    if (Call->getNumArgs() > 2) {
      Expr::EvalResult Idle, Dead;
      if (!Call->getArg(1)->EvaluateAsInt(Idle, Ctx) ||
          !Call->getArg(2)->EvaluateAsInt(Dead, Ctx) ||
          Dead.Val.getInt() >= Idle.Val.getInt() ||
          Dead.Val.getInt().isStrictlyPositive())
        return;
      C.Negative = Dead.Val.getInt().isNegative();
    }
    add(std::move(C));
  }

  static bool contains(const Stmt *S,
                       llvm::function_ref<bool(const Stmt *)> Is) {
    return S && (Is(S) || llvm::any_of(S->children(), [&](const Stmt *Child) {
                   return contains(Child, Is);
                 }));
  }

  /// A branch of \p Body depends on what \p Call returns.
  static bool isAsked(const CallExpr *Call, const Stmt *Body) {
    const VarDecl *Kept = nullptr;
    contains(Body, [&](const Stmt *S) {
      const auto *B = dyn_cast<BinaryOperator>(S);
      if (B && B->isAssignmentOp() &&
          contains(B->getRHS(), [&](const Stmt *Each) { return Each == Call; }))
        if (const auto *Ref =
                dyn_cast<DeclRefExpr>(B->getLHS()->IgnoreParens()))
          Kept = dyn_cast<VarDecl>(Ref->getDecl());
      if (const auto *D = dyn_cast<DeclStmt>(S))
        for (const Decl *Each : D->decls())
          if (const auto *Var = dyn_cast<VarDecl>(Each))
            if (contains(Var->getInit(),
                         [&](const Stmt *In) { return In == Call; }))
              Kept = Var;
      return false;
    });
    return contains(Body, [&](const Stmt *S) {
      const Expr *On = nullptr;
      if (const auto *If = dyn_cast<IfStmt>(S))
        On = If->getCond();
      else if (const auto *While = dyn_cast<WhileStmt>(S))
        On = While->getCond();
      return contains(On, [&](const Stmt *Each) {
        const auto *Ref = dyn_cast<DeclRefExpr>(Each);
        return Each == Call || (Ref && Kept && Ref->getDecl() == Kept);
      });
    });
  }

  bool sameConstant(const Event &E, const Fence &F) const {
    Expr::EvalResult Left, Right;
    if (!E.Value || !F.KillValue || !E.Value->EvaluateAsRValue(Left, Ctx) ||
        !F.KillValue->EvaluateAsRValue(Right, Ctx))
      return false;
    if (Left.Val.isInt() && Right.Val.isInt())
      return llvm::APSInt::isSameValue(Left.Val.getInt(), Right.Val.getInt());
    return Left.Val.isNullPointer() && Right.Val.isNullPointer();
  }

  void confirm(const Reader &R) {
    for (Candidate &C : Found) {
      if (R.F == C.F.Root)
        continue;
      for (const Event &E : R.Told) {
        if (E.Site == C.F.Kill)
          break; // it closes the gate itself
        if (E.What != C.F.Predicate)
          continue;
        if (isOrdinary(C, E, R))
          C.Ordinary = true;
        else if (E.K == Event::TryGet && C.F.Lock == E.What)
          take(C, E, R);
        else if (E.K == Event::Test && E.Exits && C.Stored)
          take(C, E, R);
      }
    }
  }

  /// Operations store the dead value too, or readers that share the lock keep
  /// a position in it: it says nothing of liveness.
  bool isOrdinary(const Candidate &C, const Event &E, const Reader &R) const {
    if (!C.Stored || (E.K != Event::Kill && E.K != Event::Change))
      return false;
    if (E.K == Event::Kill && R.D && !R.closes() && sameConstant(E, C.F))
      return true;
    return C.Shared && !C.F.Predicate->getType()->isPointerType() &&
           llvm::any_of(E.Locks, [&](const Held &H) {
             return H.Lock == C.F.Lock && H.Mode == LockMode::Shared;
           });
  }

  void take(Candidate &C, const Event &E, const Reader &R) {
    const Expr *Acquire = E.Site;
    if (E.K == Event::TryGet) {
      if (C.F.Shape == "S8" &&
          C.Negative != deadIsNegative(calleeName(cast<CallExpr>(E.Site))))
        return;
      C.F.Readers = LockMode::Shared;
    } else {
      const auto *H = llvm::find_if(
          E.Locks, [&](const Held &Each) { return Each.Lock == C.F.Lock; });
      if (H == E.Locks.end() || (C.Shared && H->Mode != LockMode::Shared))
        return;
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
};

} // namespace

std::vector<Fence>
strongfence::findClosings(const Index &Unit,
                          llvm::function_ref<ArrayRef<Reader>()> Readers,
                          const Fences &Gate, const Kernel &K,
                          ASTContext &Ctx) {
  return Finder(Unit, Gate, K, Ctx).run(Readers);
}
