// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Sleeps.h"
#include "model/Imported.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace strongfence;

namespace {

using IdentitySet = llvm::DenseSet<Identity>;

/// What the value of an expression is made of, through local variables and
/// functions of the unit.
class Reads {
public:
  Reads(const FunctionDecl *In, const Kernel &K, ASTContext &Ctx,
        IdentitySet &Out)
      : In(In), K(K), Ctx(Ctx), Out(Out) {}

  void value(const Stmt *S, unsigned Depth = 4) {
    if (!S || !Depth || isa<UnaryExprOrTypeTraitExpr>(S))
      return;
    if (const auto *SE = dyn_cast<StmtExpr>(S)) {
      const CompoundStmt *Body = SE->getSubStmt();
      if (!Body->body_empty())
        value(Body->body_back(), Depth);
      return;
    }
    if (const auto *Call = dyn_cast<CallExpr>(S))
      called(Call, Depth);
    if (const auto *M = dyn_cast<MemberExpr>(S)) {
      if (Identity Id = identify(M, K))
        Out.insert(Id);
      Out.insert(cast<ValueDecl>(M->getMemberDecl()->getCanonicalDecl()));
      if (M->isArrow())
        return;
    }
    if (const auto *Ref = dyn_cast<DeclRefExpr>(S)) {
      const auto *Var = dyn_cast<VarDecl>(Ref->getDecl());
      if (Var && Var->hasGlobalStorage())
        Out.insert(cast<ValueDecl>(Var->getCanonicalDecl()));
      else if (Var && Seen.insert(Var).second)
        stores(In->getBody(), Var, Depth - 1);
      return;
    }
    for (const Stmt *Child : S->children())
      value(Child, Depth);
  }

private:
  const FunctionDecl *In;
  const Kernel &K;
  ASTContext &Ctx;
  IdentitySet &Out;
  llvm::DenseSet<const VarDecl *> Seen;

  void called(const CallExpr *Call, unsigned Depth) {
    for (const Expr *Arg : Call->arguments())
      if (Identity Id = identify(Arg, K))
        Out.insert(Id);
    const FunctionDecl *Def = definition(Call->getDirectCallee());
    if (Def && isDriverCode(Def->getLocation(), Ctx.getSourceManager()))
      everything(Def->getBody(), Depth - 1);
  }

  void everything(const Stmt *S, unsigned Depth) {
    if (!S || !Depth || isa<UnaryExprOrTypeTraitExpr>(S))
      return;
    if (const auto *E = dyn_cast<Expr>(S))
      if (isa<MemberExpr, DeclRefExpr>(E)) {
        if (Identity Id = identify(E, K))
          Out.insert(Id);
        if (const auto *M = dyn_cast<MemberExpr>(E))
          Out.insert(cast<ValueDecl>(M->getMemberDecl()->getCanonicalDecl()));
      }
    if (const auto *Call = dyn_cast<CallExpr>(S))
      called(Call, Depth);
    for (const Stmt *Child : S->children())
      everything(Child, Depth);
  }

  void stores(const Stmt *S, const VarDecl *Var, unsigned Depth) {
    if (!S)
      return;
    if (const auto *D = dyn_cast<DeclStmt>(S))
      for (const Decl *Each : D->decls())
        if (Each == Var)
          value(Var->getInit(), Depth);
    if (const auto *B = dyn_cast<BinaryOperator>(S))
      if (B->isAssignmentOp())
        if (const auto *Ref =
                dyn_cast<DeclRefExpr>(B->getLHS()->IgnoreParens()))
          if (Ref->getDecl() == Var)
            value(B->getRHS(), Depth);
    for (const Stmt *Child : S->children())
      stores(Child, Var, Depth);
  }
};

bool holdsLabel(const Stmt *S, const LabelDecl *L) {
  if (!S)
    return false;
  if (const auto *Label = dyn_cast<LabelStmt>(S))
    if (Label->getDecl() == L)
      return true;
  return llvm::any_of(S->children(),
                      [&](const Stmt *Child) { return holdsLabel(Child, L); });
}

/// \p Inside a nested loop or switch a break stays in the loop.
bool leaves(const Stmt *S, bool Inside, const Stmt *Loop) {
  if (!S)
    return false;
  if (isa<ReturnStmt>(S))
    return true;
  // The interrupted wait_event() goes to a label at its own end.
  if (const auto *G = dyn_cast<GotoStmt>(S))
    return !holdsLabel(Loop, G->getLabel());
  if (isa<BreakStmt>(S))
    return !Inside;
  if (isa<ForStmt, WhileStmt, DoStmt, SwitchStmt>(S))
    Inside = true;
  return llvm::any_of(S->children(),
                      [&](const Stmt *Child) {
                        return leaves(Child, Inside, Loop);
                      });
}

void exits(const Stmt *S, bool Inside, const Stmt *Loop, Reads &R) {
  if (!S)
    return;
  if (const auto *I = dyn_cast<IfStmt>(S))
    if (leaves(I->getThen(), Inside, Loop) ||
        leaves(I->getElse(), Inside, Loop))
      R.value(I->getCond());
  if (isa<ForStmt, WhileStmt, DoStmt, SwitchStmt>(S))
    Inside = true;
  for (const Stmt *Child : S->children())
    exits(Child, Inside, Loop, R);
}

/// A completion, run with a status that is an error.
class Ended {
public:
  Ended(const Kernel &K, ASTContext &Ctx, Effects &Out)
      : K(K), Ctx(Ctx), Out(Out) {}

  void function(const FunctionDecl *F) {
    const FunctionDecl *Def = definition(F);
    if (!Def || !Depth || llvm::is_contained(Stack, Def))
      return;
    --Depth;
    Stack.push_back(Def);
    const auto *Body = dyn_cast<CompoundStmt>(Def->getBody());
    const LabelDecl *Target = nullptr;
    // Forward only, and each label once: a completion that loops ends too.
    for (unsigned Turn = 0; Body && Turn != 8; ++Turn)
      if (run(Body, Target) != Jump || !(Target = Label))
        break;
    Stack.pop_back();
    ++Depth;
  }

private:
  enum Flow { Next, Leave, Break, Jump };
  static constexpr int64_t Shutdown = -108; ///< unlink1() by usb_hcd_flush_endpoint()
  const Kernel &K;
  ASTContext &Ctx;
  Effects &Out;
  unsigned Depth = 5;
  llvm::SmallVector<const FunctionDecl *, 4> Stack;
  const LabelDecl *Label = nullptr; ///< where Jump goes

  Flow run(const CompoundStmt *Body, const LabelDecl *From) {
    for (const Stmt *S : Body->body()) {
      if (From && !holdsLabel(S, From))
        continue;
      From = nullptr;
      if (Flow F = statement(S); F != Next)
        return F;
    }
    return Next;
  }

  Flow statement(const Stmt *S) {
    if (!S)
      return Next;
    if (const auto *C = dyn_cast<CompoundStmt>(S))
      return run(C, nullptr);
    if (const auto *L = dyn_cast<LabelStmt>(S))
      return statement(L->getSubStmt());
    if (const auto *C = dyn_cast<SwitchCase>(S))
      return statement(C->getSubStmt());
    if (const auto *I = dyn_cast<IfStmt>(S)) {
      effects(I->getCond());
      std::optional<bool> Is = holds(I->getCond());
      if (Is)
        return statement(*Is ? I->getThen() : I->getElse());
      Flow Then = statement(I->getThen());
      const LabelDecl *To = Label;
      Flow Else = statement(I->getElse());
      if (Then == Jump && Else != Next)
        Label = To;
      return Then == Next || Else == Next ? Next : Then;
    }
    if (const auto *Sw = dyn_cast<SwitchStmt>(S))
      return choice(Sw);
    if (isa<ForStmt, WhileStmt, DoStmt>(S)) {
      for (const Stmt *Child : S->children())
        if (Flow F = statement(Child); F == Leave || F == Jump)
          break;
      return Next;
    }
    if (isa<ReturnStmt>(S)) {
      effects(S);
      return Leave;
    }
    if (const auto *G = dyn_cast<GotoStmt>(S)) {
      Label = G->getLabel();
      return Jump;
    }
    if (isa<BreakStmt, ContinueStmt>(S))
      return Break;
    effects(S);
    return Next;
  }

  Flow choice(const SwitchStmt *Sw) {
    const auto *Body = dyn_cast_or_null<CompoundStmt>(Sw->getBody());
    if (!Body)
      return Next;
    const Stmt *Start = nullptr;
    if (isStatus(Sw->getCond()))
      for (const SwitchCase *C = Sw->getSwitchCaseList(); C;
           C = C->getNextSwitchCase()) {
        const auto *Case = dyn_cast<CaseStmt>(C);
        if (!Case ? !Start : number(Case->getLHS()) == Shutdown)
          Start = C;
      }
    bool Running = !isStatus(Sw->getCond());
    for (const Stmt *S : Body->body()) {
      Running |= Start && contains(S, Start);
      if (!Running)
        continue;
      Flow F = statement(S);
      if (F == Break && Start)
        return Next;
      if (F == Leave || F == Jump)
        return Start ? F : Next;
    }
    return Next;
  }

  /// case A: case B: are nested.
  static bool contains(const Stmt *S, const Stmt *Case) {
    for (; S; S = isa<SwitchCase>(S) ? cast<SwitchCase>(S)->getSubStmt()
                                     : nullptr)
      if (S == Case)
        return true;
    return false;
  }

  std::optional<int64_t> number(const Expr *E) {
    Expr::EvalResult Value;
    if (E->EvaluateAsInt(Value, Ctx))
      return Value.Val.getInt().getExtValue();
    return std::nullopt;
  }

  bool isStatus(const Expr *E) {
    E = strip(E, K);
    const auto *M = dyn_cast_or_null<MemberExpr>(E);
    if (M)
      return M->getMemberDecl()->getIdentifier() &&
             M->getMemberDecl()->getName() == "status" &&
             ownerName(cast<ValueDecl>(M->getMemberDecl())) == "urb";
    const auto *Ref = dyn_cast_or_null<DeclRefExpr>(E);
    const auto *Var = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
    return Var && Var->hasLocalStorage() && Var->getInit() &&
           isStatus(Var->getInit());
  }

  std::optional<bool> holds(const Expr *E) {
    E = E->IgnoreParenImpCasts();
    if (const auto *Call = dyn_cast<CallExpr>(E))
      if (calleeName(Call) == "__builtin_expect")
        return holds(Call->getArg(0));
    if (isStatus(E))
      return true;
    if (const auto *U = dyn_cast<UnaryOperator>(E))
      if (U->getOpcode() == UO_LNot) {
        std::optional<bool> Is = holds(U->getSubExpr());
        return Is ? std::optional<bool>(!*Is) : std::nullopt;
      }
    const auto *B = dyn_cast<BinaryOperator>(E);
    if (!B)
      return std::nullopt;
    if (B->isLogicalOp()) {
      std::optional<bool> L = holds(B->getLHS()), R = holds(B->getRHS());
      bool Short = B->getOpcode() == BO_LOr;
      if ((L && *L == Short) || (R && *R == Short))
        return Short;
      return L && R ? std::optional<bool>(!Short) : std::nullopt;
    }
    std::optional<int64_t> With = number(B->getRHS());
    if (!With || !isStatus(B->getLHS()))
      return std::nullopt;
    switch (B->getOpcode()) {
    case BO_EQ: return Shutdown == *With;
    case BO_NE: return Shutdown != *With;
    case BO_LT: return Shutdown < *With;
    case BO_GT: return Shutdown > *With;
    case BO_LE: return Shutdown <= *With;
    case BO_GE: return Shutdown >= *With;
    default: return std::nullopt;
    }
  }

  void effects(const Stmt *S) {
    if (!S)
      return;
    if (const auto *B = dyn_cast<BinaryOperator>(S))
      if (B->isAssignmentOp())
        if (Identity Id = identify(B->getLHS(), K))
          Out.Changed.insert(Id);
    if (const auto *U = dyn_cast<UnaryOperator>(S))
      if (U->isIncrementDecrementOp())
        if (Identity Id = identify(U->getSubExpr(), K))
          Out.Changed.insert(Id);
    if (const auto *Call = dyn_cast<CallExpr>(S)) {
      const WakeRow *Row = K.wake(calleeName(Call));
      const FunctionDecl *Def = definition(Call->getDirectCallee());
      if (Row && Row->Argument < Call->getNumArgs()) {
        if (Identity Id = identify(Call->getArg(Row->Argument), K))
          Out.Woken.insert(Id);
      } else if (Def && isDriverCode(Def->getLocation(),
                                     Ctx.getSourceManager())) {
        function(Def);
      } else {
        for (const Expr *Arg : Call->arguments())
          if (Identity Id = identify(Arg, K))
            Out.Changed.insert(Id);
      }
    }
    for (const Stmt *Child : S->children())
      effects(Child);
  }
};

} // namespace

llvm::DenseSet<Identity> strongfence::exitsOf(const Stmt *Loop,
                                              const FunctionDecl *In,
                                              const Kernel &K,
                                              ASTContext &Ctx) {
  IdentitySet Out;
  Reads R(In, K, Ctx, Out);
  const Stmt *Body = nullptr;
  if (const auto *F = dyn_cast<ForStmt>(Loop)) {
    R.value(F->getCond());
    Body = F->getBody();
  } else if (const auto *W = dyn_cast<WhileStmt>(Loop)) {
    R.value(W->getCond());
    Body = W->getBody();
  } else if (const auto *D = dyn_cast<DoStmt>(Loop)) {
    R.value(D->getCond());
    Body = D->getBody();
  }
  exits(Body, false, Loop, R);
  return Out;
}

void strongfence::addEffects(ArrayRef<Event> Told, const ASTContext &Ctx,
                             Effects &Out) {
  for (const Event &E : Told) {
    if ((E.K == Event::Kill || E.K == Event::Change) && E.What) {
      Out.Changed.insert(E.What);
    } else if (E.K == Event::Wake) {
      Out.Woken.insert(E.What);
    } else if (E.K == Event::Indirect) {
      Out.Through.insert(E.What);
    } else if (E.K == Event::Call) {
      for (Identity Arg : E.Args)
        if (Arg)
          Out.Changed.insert(Arg);
      // Not the __compiletime_assert_N() that macros declare on the spot.
      Out.Unknown |= !definition(E.Callee) && !isQuiet(E.Callee) &&
                     !E.Callee->getLexicalDeclContext()->isFunctionOrMethod() &&
                     isDriverCode(E.Callee->getLocation(),
                                  Ctx.getSourceManager());
    }
  }
}

void strongfence::addEndedTransfers(const Index &Unit, const Kernel &K,
                                    ASTContext &Ctx, Effects &Out) {
  for (const CallSite &Site : Unit.Calls)
    if (calleeName(Site.Call).starts_with("usb_fill_"))
      for (const Expr *Arg : Site.Call->arguments())
        if (const FunctionDecl *F = namedFunction(Arg))
          Ended(K, Ctx, Out).function(F);
  for (const FieldStore &Store : Unit.Stores)
    if (ownerName(Store.Field) == "urb")
      if (const FunctionDecl *F = namedFunction(Store.Value))
        Ended(K, Ctx, Out).function(F);
}

/// True when who is called through \p Slot may know of \p Queue: a struct that
/// only the unit's own source defines is touched by no other, unless a function
/// of this one stands in the slot.
static bool mayKnow(Identity Slot, Identity Queue, const Index &Unit,
                    const SourceManager &SM) {
  const auto *Field = dyn_cast_or_null<FieldDecl>(Queue);
  if (!Slot || !Field ||
      !SM.isWrittenInMainFile(SM.getExpansionLoc(Field->getLocation())))
    return true;
  return llvm::any_of(Unit.Stores, [&](const FieldStore &Store) {
    const FunctionDecl *F = Store.Field->getCanonicalDecl() == Slot
                                ? namedFunction(Store.Value)
                                : nullptr;
    return F && !isImported(F);
  });
}

bool strongfence::ends(const Event &Sleep, const Effects &Done,
                       const Index &Unit, const Kernel &K, ASTContext &Ctx) {
  if (Done.Unknown ||
      llvm::any_of(Done.Through, [&](Identity Slot) {
        return mayKnow(Slot, Sleep.What, Unit, Ctx.getSourceManager());
      }))
    return true;
  if (!Done.Woken.contains(Sleep.What))
    return false;
  return llvm::all_of(Sleep.Loops, [&](const Stmt *Loop) {
    IdentitySet Exits = exitsOf(Loop, Sleep.In, K, Ctx);
    return llvm::any_of(Exits, [&](Identity Id) {
      return Done.Changed.contains(Id);
    });
  });
}
