// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Fences.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace strongfence;

namespace {

/// The family of a lock decides the shape's number in the catalogue.
StringRef family(Identity Lock) {
  StringRef Type = structName(Lock->getType());
  if (Type == "rw_semaphore" || Type == "percpu_rw_semaphore" ||
      Type == "ld_semaphore")
    return "S1";
  if (Type == "srcu_struct")
    return "S3";
  return "S2";
}

/// A container is killed by taking the object out of it (S5).
bool isContainer(Identity Predicate) {
  StringRef Type = structName(Predicate->getType());
  return Type == "idr" || Type == "xarray" || Type == "radix_tree_root" ||
         Type == "list_head" || Type == "hlist_head" || Type == "hlist_node";
}

class Inference {
public:
  Inference(const Index &Unit, ArrayRef<Reader> Readers,
            ArrayRef<Teardown> Teardowns, const Kernel &K, ASTContext &Ctx)
      : Unit(Unit), Readers(Readers), Teardowns(Teardowns), K(K), Ctx(Ctx) {}

  Fences run() {
    for (const CallSite &Site : Unit.Calls)
      if (K.means(calleeName(Site.Call), "list-add") >= 0 &&
          Site.Call->getNumArgs() > 1)
        if (Identity Node = identify(Site.Call->getArg(0), K))
          if (Identity Head = identify(Site.Call->getArg(1), K))
            Heads.push_back({Node, Head});
    for (const Teardown &T : Teardowns)
      teardownSide(T);
    dropOrdinaryState();
    readerSide();
    for (const Teardown &T : Teardowns) {
      refuses(T);
      looseCounts(T);
    }
    for (Fence &F : Candidates)
      if (!F.TakenBy.empty() && (F.Refuses || !F.Ordinary))
        Out.Strong.push_back(F);
    for (const Fence &F : Candidates)
      Out.Predicates.insert(F.Predicate);
    for (const auto &Entry : Out.Kills) {
      Out.Predicates.insert(Entry.first);
      Out.Liveness.insert(Entry.first);
    }
    for (const Fence &F : Out.Strong)
      Out.Liveness.insert(F.Predicate);
    Out.Offered = std::move(Candidates);
    return std::move(Out);
  }

private:
  const Index &Unit;
  ArrayRef<Reader> Readers;
  ArrayRef<Teardown> Teardowns;
  const Kernel &K;
  ASTContext &Ctx;
  Fences Out;
  std::vector<Fence> Candidates;

  /// Which list a node is on: who takes the node off kills the lookup.
  llvm::SmallVector<std::pair<Identity, Identity>, 8> Heads;

  struct Waited {
    Identity On;
    const Teardown *By;
    const FunctionDecl *Root;
    const FunctionDecl *In;
    const Expr *Site;
    bool Killed; ///< something was made dead before the wait
  };
  std::vector<Waited> Waits, Limited;

  Fence make(Identity Lock, const Event &Kill, StringRef Shape,
             const Teardown &T, const Expr *Barrier) {
    Fence F;
    F.Lock = Lock;
    F.Predicate = Kill.What;
    F.Shape = isContainer(F.Predicate) ? "S5" : Shape.str();
    F.Root = T.Root;
    F.Teardown = Kill.In;
    F.Path = Kill.Path;
    F.Kill = Kill.Site;
    F.KillValue = Kill.Value;
    F.Barrier = Barrier;
    return F;
  }

  void candidate(Fence F) {
    for (const Fence &Known : Candidates)
      if (Known.Lock == F.Lock && Known.Predicate == F.Predicate)
        return;
    Candidates.push_back(std::move(F));
  }

  void teardownSide(const Teardown &T) {
    if (T.Cut)
      Out.Cut.push_back(T.Root);
    for (size_t I = 0; I != T.Told.size(); ++I) {
      const Event &E = T.Told[I];
      if (E.K == Event::Wait) {
        Waits.push_back({E.What, &T, T.Root, E.In, E.Site, I != 0});
        continue;
      }
      // Who leaves when the time is up frees nothing under an operation, and who
      // loops may complain at each turn and wait for ever.
      if (E.K == Event::Sleep && E.What && E.Timed && !E.Exits &&
          E.Loops.empty() &&
          structName(E.What->getType()) == "completion" &&
          !freesOnAnswer(T.Told, I))
        Limited.push_back({E.What, &T, T.Root, E.In, E.Site, I != 0});
      if (E.K != Event::Kill || !E.What)
        continue;
      killed(E, T, I);
      for (const auto &[Node, Head] : Heads)
        if (Node == E.What) {
          Event OfHead = E;
          OfHead.What = Head;
          killed(OfHead, T, I);
        }
    }
  }

  /// The function that waits at \p Wait frees in an arm of an if, and nowhere
  /// else: who gives up there leaks, and frees nothing.
  bool freesOnAnswer(const Story &Told, size_t Wait) const {
    bool Frees = false;
    for (size_t I = Wait + 1; I != Told.size(); ++I) {
      const Event &E = Told[I];
      if (E.In != Told[Wait].In || E.K != Event::Call ||
          !E.Callee->getIdentifier() ||
          K.means(E.Callee->getName(), "free") < 0)
        continue;
      if (!E.Conditional)
        return false;
      Frees = true;
    }
    return Frees;
  }

  void killed(const Event &E, const Teardown &T, size_t I) {
    Fence &Kill =
        Out.Kills.try_emplace(E.What, make(nullptr, E, "", T, nullptr))
            .first->second;
    auto offer = [&](Identity Lock, StringRef Shape, const Expr *Barrier,
                     bool Names = true) {
      if (!Kill.Lock && Names)
        Kill.Lock = Lock;
      candidate(make(Lock, E, Shape, T, Barrier));
    };
    for (const Held &H : llvm::reverse(E.Locks))
      if (H.Mode == LockMode::Exclusive)
        offer(H.Lock, family(H.Lock), E.Site);
    // The store first, the (perhaps empty) exclusive section after it.
    for (size_t J = I + 1; J != T.Told.size(); ++J) {
      const Event &Later = T.Told[J];
      if (Later.K == Event::Barrier) {
        offer(Later.What, "S3", Later.Site);
      } else if (Later.K == Event::Acquire) {
        const LockRow *Row = K.lock(calleeName(cast<CallExpr>(Later.Site)));
        if (Row && Row->Mode == LockMode::Exclusive)
          // Only an empty section says that it is there for the kill.
          offer(Later.What, (family(Later.What) + "b").str(), Later.Site,
                J + 1 != T.Told.size() &&
                    T.Told[J + 1].K == Event::Release &&
                    T.Told[J + 1].What == Later.What);
      } else if (Later.K == Event::Wait) {
        // An active reference: killed, then drained.
        candidate(make(E.What, E, "S4", T, Later.Site));
      }
    }
  }

  /// A constant that operations store too (a length set to 0, a buffer that
  /// they free) says nothing of liveness. A release may: it is often the one
  /// that finishes what teardown began.
  void dropOrdinaryState() {
    llvm::DenseSet<Identity> Ordinary;
    for (const Reader &R : Readers) {
      if (!R.D || R.closes())
        continue;
      for (const Event &E : R.Told) {
        if (E.K == Event::Change)
          Out.Moving.insert(E.What);
        if (E.K != Event::Kill)
          continue;
        auto stored = [&](Identity What) {
          auto Kill = Out.Kills.find(What);
          if (Kill != Out.Kills.end() &&
              (Kill->second.Kill == E.Site ||
               (isa<BinaryOperator>(E.Site) && sameConstant(E, Kill->second)) ||
               (isContainer(What) && isa<CallExpr>(E.Site))))
            Ordinary.insert(What);
        };
        stored(E.What);
        // A pool: operations take nodes off the list as teardown does.
        for (const auto &[Node, Head] : Heads)
          if (Node == E.What)
            stored(Head);
      }
    }
    for (Identity Id : Ordinary)
      Out.Kills.erase(Id);
    for (Fence &F : Candidates)
      F.Ordinary = Ordinary.contains(F.Predicate);
  }

  bool sameConstant(const Event &E, const Fence &F) {
    Expr::EvalResult Left, Right;
    if (!E.Value || !F.KillValue || !E.Value->EvaluateAsRValue(Left, Ctx) ||
        !F.KillValue->EvaluateAsRValue(Right, Ctx))
      return false;
    if (Left.Val.isInt() && Right.Val.isInt())
      return llvm::APSInt::isSameValue(Left.Val.getInt(), Right.Val.getInt());
    return Left.Val.isNullPointer() && Right.Val.isNullPointer();
  }

  void readerSide() {
    for (const Reader &R : Readers) {
      for (const Event &E : R.Told) {
        if (E.K == Event::Test || E.K == Event::TryGet)
          confirm(E, R.F);
        else if (E.K == Event::Wake && R.closes())
          waitsForClose(E, R);
      }
    }
  }

  void confirm(const Event &E, const FunctionDecl *F) {
    for (Fence &C : Candidates) {
      if (C.Predicate != E.What)
        continue;
      if (E.K == Event::TryGet ? C.Lock != E.What : !holds(E, C.Lock))
        continue;
      const Expr *Acquire = E.K == Event::TryGet ? E.Site : nullptr;
      for (const Held &H : E.Locks)
        if (H.Lock == C.Lock) {
          C.Readers = H.Mode;
          Acquire = H.Site;
        }
      if (!C.Test || (E.Exits && !C.Refuses)) {
        C.Test = E.Site;
        C.Acquire = Acquire;
      }
      C.Refuses |= E.Exits || E.K == Event::TryGet;
      if (!llvm::is_contained(C.TakenBy, F))
        C.TakenBy.push_back(F);
    }
  }

  /// The change of \p Id by a release, which is how an open count falls.
  const Event *fallsInRelease(Identity Id, const Reader *&By) const {
    for (const Reader &R : Readers)
      if (R.closes())
        for (const Event &E : R.Told)
          if (E.K == Event::Change && E.What == Id) {
            By = &R;
            return &E;
          }
    return nullptr;
  }

  /// Teardown on user request may refuse while files are open; a bus's remove
  /// cannot, and what it returns is ignored.
  void refuses(const Teardown &T) {
    if (T.K != Teardown::Class || Out.WaitsForClose)
      return;
    const Reader *By = nullptr;
    for (const Event &E : T.Told) {
      if (E.K == Event::Call && E.Callee->getIdentifier() &&
          K.means(E.Callee->getName(), "deregister") >= 0)
        return;
      if (E.K != Event::Test || !E.Exits || !fallsInRelease(E.What, By))
        continue;
      Fence F;
      F.Lock = F.Predicate = E.What;
      F.Shape = "S8";
      F.Acquire = takes(E.What);
      F.Root = T.Root;
      F.Teardown = E.In;
      F.Kill = F.Barrier = F.Test = E.Site;
      F.TakenBy.push_back(By->F);
      Out.WaitsForClose = F;
      Out.Strong.push_back(F);
      return;
    }
  }

  void looseCounts(const Teardown &T) {
    for (size_t I = 0; I != T.Told.size(); ++I) {
      const Event &E = T.Told[I];
      if (E.K != Event::Test)
        continue;
      const Reader *By = nullptr;
      const Event *Falls = fallsInRelease(E.What, By);
      if (!Falls || Falls->Locks.empty() ||
          llvm::any_of(Falls->Locks,
                       [&](const Held &H) { return holds(E, H.Lock); }))
        continue;
      for (size_t J = I + 1; J != T.Told.size(); ++J) {
        const Event &Later = T.Told[J];
        if (Later.K == Event::Call && Later.Conditional &&
            Later.Callee->getIdentifier() &&
            K.means(Later.Callee->getName(), "free") >= 0) {
          Out.LooseCounts.push_back({E.What, Falls->Locks.back().Lock, T.Root,
                                     E.In, E.Site, Later.Site, By->D,
                                     Falls->Site});
          return;
        }
      }
    }
  }

  /// A count that open takes and release gives back: an integer, an atomic, a
  /// reference.
  static bool isCount(Identity Id) {
    StringRef Type = structName(Id->getType());
    return Type.empty() ? Id->getType()->isIntegerType()
                        : Type == "refcount_struct" || Type == "kref" ||
                              Type == "atomic_t" || Type == "atomic64_t" ||
                              Type == "atomic_long_t";
  }

  /// What release gives back before it wakes teardown, and teardown asks for:
  /// an open takes it, so it is what the wait is about. Null when the
  /// completion alone says that the file is closed.
  Identity token(const Waited &W, const Reader &Release,
                 const Event &Wake) const {
    Identity Found = nullptr;
    for (const Event &E : Release.Told) {
      if (&E == &Wake)
        break;
      if ((E.K == Event::Kill || E.K == Event::Change) && E.What &&
          isCount(E.What) &&
          llvm::any_of(W.By->Told, [&](const Event &Asks) {
            return (Asks.K == Event::Kill || Asks.K == Event::Test) &&
                   Asks.What == E.What;
          }))
        Found = E.What;
    }
    return Found;
  }

  /// Where an open takes \p Id.
  const Expr *takes(Identity Id) const {
    for (const Reader &R : Readers)
      if (!R.closes())
        for (const Event &E : R.Told)
          if (E.What == Id &&
              (E.K == Event::Kill || E.K == Event::TryGet ||
               E.K == Event::Change))
            return E.Site;
    return nullptr;
  }

  void waitsForClose(const Event &Wake, const Reader &By) {
    const FunctionDecl *Release = By.F;
    for (const Waited &W : Limited)
      if (W.On == Wake.What && !Out.GivesUp) {
        Out.GivesUp = Fence();
        Out.GivesUp->Lock = Out.GivesUp->Predicate = W.On;
        Out.GivesUp->Root = W.Root;
        Out.GivesUp->Teardown = W.In;
        Out.GivesUp->Kill = Out.GivesUp->Barrier = W.Site;
        Out.GivesUp->Test = Wake.Site;
        Out.GivesUp->TakenBy.push_back(Release);
      }
    for (const Waited &W : Waits) {
      if (W.On != Wake.What || Out.WaitsForClose)
        continue;
      Fence F;
      F.Lock = F.Predicate = W.On;
      if (Identity Token = token(W, By, Wake)) {
        F.Lock = F.Predicate = Token;
        F.Acquire = takes(Token);
      }
      F.Shape = "S7";
      F.Root = W.Root;
      F.Teardown = W.In;
      F.Kill = F.Barrier = W.Site;
      F.Test = Wake.Site;
      F.TakenBy.push_back(Release);
      Out.WaitsForClose = F;
      Out.Strong.push_back(F);
    }
  }
};

} // namespace

/// A command's number is a constant too; gone is a flag, a state or a pointer.
static bool isDead(const Fence &Kill) {
  QualType Type = Kill.Predicate->getType();
  Expr::EvalResult Value;
  if (!Kill.KillValue || Type->isPointerType() || Type->isEnumeralType() ||
      !Kill.KillValue->EvaluateAsInt(Value, Kill.Predicate->getASTContext()))
    return true;
  int64_t Number = Value.Val.getInt().getExtValue();
  return Number >= -1 && Number <= 1;
}

bool strongfence::isUnclosed(const Fences &Gate, Identity P, Identity L) {
  if (!P || !L || P == L || !Gate.Kills.count(P) || Gate.Moving.contains(P) ||
      !isDead(Gate.Kills.find(P)->second))
    return false;
  return llvm::none_of(Gate.Offered, [&](const Fence &F) {
    return F.Predicate == P && (F.Lock == L || !F.TakenBy.empty());
  });
}

Fences strongfence::inferFences(const Index &Unit, ArrayRef<Reader> Readers,
                                ArrayRef<Teardown> Teardowns, const Kernel &K,
                                ASTContext &Ctx) {
  return Inference(Unit, Readers, Teardowns, K, Ctx).run();
}
