// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Story.h"
#include "clang/AST/StmtVisitor.h"
#include "llvm/ADT/STLExtras.h"
#include <utility>

using namespace clang;
using namespace strongfence;

namespace {

constexpr size_t MaxEvents = 20000;

class Teller {
public:
  Teller(const Kernel &K, ASTContext &Ctx, Story &Out, bool Puts,
         unsigned Depth, bool Derefs = false)
      : K(K), Ctx(Ctx), Out(Out), Puts(Puts), Derefs(Derefs),
        DepthLeft(Depth) {}

  void function(const FunctionDecl *F) {
    const FunctionDecl *Def = definition(F);
    if (!Def || llvm::is_contained(Stack, Def))
      return;
    Stack.push_back(Def);
    auto Caller = std::exchange(Frame, FrameState{Arms, false, Frame.Unwinds});
    auto Around = std::exchange(Loops, {});
    statement(Def->getBody());
    Frame = Caller;
    Loops = std::move(Around);
    Stack.pop_back();
  }

  bool cut() const { return WasCut; }

private:
  const Kernel &K;
  ASTContext &Ctx;
  Story &Out;
  bool Puts;
  bool Derefs;
  unsigned DepthLeft;
  bool WasCut = false;
  unsigned Arms = 0; ///< of if and switch, around the current statement
  llvm::SmallVector<const FunctionDecl *, 8> Stack;
  llvm::SmallVector<const CallExpr *, 8> Vias; ///< the calls between them
  struct FrameState {
    unsigned Arms = 0;     ///< where its body begins
    bool Returned = false; ///< a return that no if surrounds was told
    bool Unwinds = false;
    Identity Queue = nullptr; ///< that schedule() sleeps on
    bool Queued = false;
    bool Signal = true;
  } Frame; ///< of the function on top of Stack
  llvm::SmallVector<const Stmt *, 4> Loops; ///< of that function, outermost first
  llvm::SmallVector<Held, 4> Locks;
  unsigned Acquired = 0; ///< acquisitions so far
  Aliases Locals;
  /// How many acquisitions there had been when a local variable was read from
  /// what it stands for.
  llvm::DenseMap<const VarDecl *, unsigned> ReadAt;
  llvm::DenseMap<const VarDecl *, const Expr *> Constants; ///< of parameters

  void emit(Event::Kind Kind, Identity What, const Expr *Site,
            const FunctionDecl *Callee = nullptr,
            const Expr *Value = nullptr) {
    if (Out.size() >= MaxEvents) {
      WasCut = true;
      return;
    }
    Event E;
    E.Via = Vias.empty() ? nullptr : Vias.front();
    E.Unwinds = Frame.Unwinds;
    if (Kind == Event::Call || Kind == Event::Indirect)
      for (const Expr *Arg : cast<CallExpr>(Site)->arguments())
        E.Args.push_back(id(Arg));
    if (Kind == Event::Kill)
      E.Path.append(Stack.begin(), Stack.end());
    E.K = Kind;
    E.What = What;
    E.Site = Site;
    E.In = Stack.back();
    E.Callee = Callee;
    E.Locks = Locks;
    E.Conditional = Arms != 0;
    E.Value = Value;
    Out.push_back(std::move(E));
  }

  void release(Identity Lock) {
    for (auto It = Locks.end(); It != Locks.begin();)
      if ((--It)->Lock == Lock) {
        Locks.erase(It);
        return;
      }
  }

  Identity id(const Expr *E) {
    Identity Id = identify(E, K, &Locals);
    // guard() hands the lock on in a struct of its own, class_*_t.
    const FunctionDecl *F = Stack.back();
    if (Id && isa<FieldDecl>(Id) && F->getNumParams() && F->getIdentifier() &&
        F->getName().starts_with("class_") &&
        F->getName().ends_with("_constructor") &&
        structName(F->getReturnType()) == recordName(Id))
      return Locals.lookup(F->getParamDecl(0));
    auto Copied = Handed.find(Id);
    return Copied == Handed.end() ? Id : Copied->second;
  }

  /// What the fields of a CLASS()'s own struct are copies of: `guard.gc` is
  /// gdev->chip, read under the lock that the constructor took.
  llvm::DenseMap<Identity, Identity> Handed;

  void handsOver(const BinaryOperator *B) {
    const FunctionDecl *F = Stack.back();
    const auto *M = dyn_cast<MemberExpr>(B->getLHS()->IgnoreParens());
    const auto *Ref = M && !M->isArrow()
                          ? dyn_cast<DeclRefExpr>(M->getBase()->IgnoreParens())
                          : nullptr;
    const auto *Field = M ? dyn_cast<FieldDecl>(M->getMemberDecl()) : nullptr;
    if (!Ref || !Field || !F->getIdentifier() ||
        !F->getName().starts_with("class_") ||
        !F->getName().ends_with("_constructor"))
      return;
    if (Identity From = valueId(B->getRHS()))
      Handed[cast<ValueDecl>(Field->getCanonicalDecl())] = From;
  }

  static StringRef recordName(Identity Field) {
    const RecordDecl *R = cast<FieldDecl>(Field)->getParent();
    if (R->getIdentifier())
      return R->getName();
    const TypedefNameDecl *T = R->getTypedefNameForAnonDecl();
    return T ? T->getName() : StringRef();
  }

  /// The field that a value was loaded from: a call to a function of the unit
  /// that only returns one stands for it.
  Identity valueId(const Expr *E, unsigned Depth = 3) {
    if (Identity Id = id(E))
      return Id;
    const auto *Call = dyn_cast_or_null<CallExpr>(strip(E, K));
    const FunctionDecl *Def =
        Call && Depth ? definition(Call->getDirectCallee()) : nullptr;
    if (!Def || !isDriverCode(Def->getLocation(), Ctx.getSourceManager()))
      return nullptr;
    const auto *Body = dyn_cast<CompoundStmt>(Def->getBody());
    const auto *Ret = Body && !Body->body_empty()
                          ? dyn_cast<ReturnStmt>(Body->body_back())
                          : nullptr;
    return Ret && Ret->getRetValue() ? valueId(Ret->getRetValue(), Depth - 1)
                                     : nullptr;
  }

  bool leaves(const Stmt *S) {
    if (!S)
      return false;
    if (isa<ReturnStmt, GotoStmt, BreakStmt, ContinueStmt>(S))
      return true;
    if (const auto *C = dyn_cast<CompoundStmt>(S))
      return !C->body_empty() && leaves(C->body_back());
    if (const auto *I = dyn_cast<IfStmt>(S))
      return I->getElse() && leaves(I->getThen()) && leaves(I->getElse());
    return false;
  }

  /// What the branch on \p E depends on.
  void condition(const Expr *E) {
    if (!E)
      return;
    expression(E);
    tests(E, E);
  }

  void tests(const Stmt *S, const Expr *Site) {
    // WRITE_ONCE() asks for the size.
    if (!S || isa<UnaryExprOrTypeTraitExpr>(S))
      return;
    if (const auto *Call = dyn_cast<CallExpr>(S)) {
      if (const TestRow *Row = K.test(calleeName(Call))) {
        if (Row->Argument < Call->getNumArgs())
          if (Identity Id = id(Call->getArg(Row->Argument)))
            emit(Event::Test, Id, Site);
        return;
      }
      if (Identity Id = valueId(Call))
        emit(Event::Test, Id, Site);
    }
    if (const auto *E = dyn_cast<Expr>(S))
      if (isa<MemberExpr, DeclRefExpr>(E))
        if (Identity Id = id(E)) {
          emit(Event::Test, Id, Site);
          if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
            asOf(ReadAt.find(dyn_cast<VarDecl>(Ref->getDecl())));
        }
    // p->ops->fn tests fn, and nothing of ops.
    if (const auto *M = dyn_cast<MemberExpr>(S); M && M->isArrow())
      return;
    for (const Stmt *Child : S->children())
      tests(Child, Site);
  }

  /// The last event tests a copy: what was taken since does not cover it.
  void asOf(llvm::DenseMap<const VarDecl *, unsigned>::iterator Read) {
    if (Read == ReadAt.end() || WasCut)
      return;
    llvm::erase_if(Out.back().Locks,
                   [&](const Held &H) { return H.Since > Read->second; });
  }

  /// From here on \p Var stands for \p Id.
  void alias(const VarDecl *Var, Identity Id) {
    Locals[Var] = Id;
    // A pointer to a flag is no copy of it.
    if (Var->getType()->isPointerType() && !Id->getType()->isPointerType())
      ReadAt.erase(Var);
    else
      ReadAt[Var] = Acquired;
  }

  void statement(const Stmt *S) {
    if (!S || WasCut)
      return;
    if (const auto *E = dyn_cast<Expr>(S))
      return expression(E);
    if (const auto *C = dyn_cast<CompoundStmt>(S))
      return scope([&] {
        for (const Stmt *Child : C->body())
          statement(Child);
      });
    if (const auto *D = dyn_cast<DeclStmt>(S))
      return declaration(D);
    if (const auto *R = dyn_cast<ReturnStmt>(S)) {
      expression(R->getRetValue());
      emit(Event::Return, nullptr, R->getRetValue());
      Frame.Returned |= Arms == Frame.Arms;
      return;
    }
    if (const auto *L = dyn_cast<LabelStmt>(S)) {
      Frame.Unwinds |= Frame.Returned;
      return statement(L->getSubStmt());
    }
    if (const auto *I = dyn_cast<IfStmt>(S))
      return branch(I);
    if (const auto *Sw = dyn_cast<SwitchStmt>(S))
      return choice(Sw);
    if (const auto *F = dyn_cast<ForStmt>(S))
      return scope([&] {
        statement(F->getInit());
        Loops.push_back(S);
        condition(F->getCond());
        statement(F->getBody());
        if (F->getInc())
          expression(F->getInc());
        Loops.pop_back();
      });
    if (const auto *W = dyn_cast<WhileStmt>(S)) {
      Loops.push_back(S);
      condition(W->getCond());
      statement(W->getBody());
      Loops.pop_back();
      return;
    }
    if (const auto *D = dyn_cast<DoStmt>(S)) {
      // do { } while (0) is how macros are written.
      bool Once = isConstant(D->getCond(), Ctx);
      if (!Once)
        Loops.push_back(S);
      statement(D->getBody());
      condition(D->getCond());
      if (!Once)
        Loops.pop_back();
      return;
    }
    for (const Stmt *Child : S->children())
      statement(Child);
  }

  /// Releases at its end what guards declared inside it hold.
  template <typename F> void scope(F Body) {
    llvm::SmallVector<Identity, 2> Saved;
    std::swap(Saved, ScopeLocks);
    Body();
    for (Identity Lock : llvm::reverse(ScopeLocks)) {
      emit(Event::Release, Lock, nullptr);
      release(Lock);
    }
    std::swap(Saved, ScopeLocks);
  }
  llvm::SmallVector<Identity, 2> ScopeLocks;

  void declaration(const DeclStmt *D) {
    for (const Decl *Each : D->decls()) {
      const auto *Var = dyn_cast<VarDecl>(Each);
      if (!Var || !Var->getInit())
        continue;
      // guard(): the constructor acquires, the cleanup releases at scope end.
      bool Guard = Var->hasAttr<CleanupAttr>();
      size_t Before = Locks.size();
      expression(Var->getInit());
      if (Guard)
        for (size_t I = Before; I < Locks.size(); ++I)
          ScopeLocks.push_back(Locks[I].Lock);
      if (Identity Id = valueId(Var->getInit()))
        alias(Var, Id);
      // rcu_assign_pointer(p, NULL) stores through such a variable.
      if (const Expr *Value = constantOf(Var->getInit()))
        if (Var->getType()->isIntegerType() || Var->getType()->isPointerType())
          if (Var->getName().starts_with("_"))
            Constants[Var] = Value;
    }
  }

  void branch(const IfStmt *I) {
    statement(I->getInit());
    size_t First = Out.size();
    condition(I->getCond());
    if (leaves(I->getThen()) || leaves(I->getElse()) ||
        (!I->getElse() && returnsNothing(I)))
      for (size_t Each = First; Each < Out.size(); ++Each)
        Out[Each].Exits = true;
    auto Entry = Locks;
    ++Arms;
    statement(I->getThen());
    auto AfterThen = Locks;
    bool ThenLeaves = leaves(I->getThen());
    Locks = Entry;
    statement(I->getElse());
    --Arms;
    if (I->getElse() && leaves(I->getElse())) {
      Locks = AfterThen;
    } else if (!ThenLeaves && AfterThen.size() > Locks.size() &&
               !I->getElse()) {
      // if (lock) mutex_lock(): the story goes on with the lock.
      Locks = AfterThen;
    } else if (!ThenLeaves && AfterThen.size() < Locks.size() &&
               !returnsNothing(I)) {
      Locks = AfterThen;
    }
  }

  /// p = ...; if (!p) unlock(); return p: who gets something holds the lock.
  bool returnsNothing(const IfStmt *I) {
    const auto *U =
        dyn_cast<UnaryOperator>(I->getCond()->IgnoreParenImpCasts());
    const auto *Body = dyn_cast<CompoundStmt>(Stack.back()->getBody());
    const auto *Ret = Body && !Body->body_empty()
                          ? dyn_cast<ReturnStmt>(Body->body_back())
                          : nullptr;
    if (!U || U->getOpcode() != UO_LNot || !Ret || !Ret->getRetValue())
      return false;
    const auto *Asked =
        dyn_cast<DeclRefExpr>(U->getSubExpr()->IgnoreParenImpCasts());
    const auto *Given =
        dyn_cast<DeclRefExpr>(Ret->getRetValue()->IgnoreParenImpCasts());
    return Asked && Given && Asked->getDecl() == Given->getDecl();
  }

  void choice(const SwitchStmt *Sw) {
    condition(Sw->getCond());
    auto Entry = Locks;
    const auto *Body = dyn_cast_or_null<CompoundStmt>(Sw->getBody());
    if (!Body)
      return statement(Sw->getBody());
    ++Arms;
    for (const Stmt *Child : Body->body()) {
      while (const auto *Case = dyn_cast<SwitchCase>(Child)) {
        Locks = Entry;
        Child = Case->getSubStmt();
      }
      statement(Child);
    }
    --Arms;
    Locks = Entry;
  }

  void expression(const Expr *E) {
    if (!E || WasCut)
      return;
    if (const auto *SE = dyn_cast<StmtExpr>(E))
      return statement(SE->getSubStmt());
    if (const auto *Call = dyn_cast<CallExpr>(E))
      return call(Call);
    if (const auto *B = dyn_cast<BinaryOperator>(E))
      if (B->isAssignmentOp())
        return assignment(B);
    if (Derefs && follows(E))
      return;
    if (const auto *C = dyn_cast<ConditionalOperator>(E)) {
      condition(C->getCond());
      expression(C->getTrueExpr());
      return expression(C->getFalseExpr());
    }
    if (const auto *U = dyn_cast<UnaryOperator>(E))
      if (U->isIncrementDecrementOp())
        if (Identity Id = id(U->getSubExpr()))
          // detach_count++ ends a generation.
          emit(U->isIncrementOp() ? Event::Kill : Event::Change, Id, E);
    for (const Stmt *Child : E->children())
      if (Child)
        statement(Child);
  }

  /// READ_ONCE(p->x) loads x by way of its address, and follows it nowhere.
  bool isAddressOf(const Expr *E, Identity Id) const {
    QualType To = E->IgnoreParenCasts()->getType()->getPointeeType();
    return !To.isNull() && Ctx.hasSameUnqualifiedType(To, Id->getType());
  }

  /// Tells what \p E follows; true when its parts have been told too.
  bool follows(const Expr *E) {
    if (isa<UnaryExprOrTypeTraitExpr>(E))
      return true;
    if (const auto *B = dyn_cast<BinaryOperator>(E); B && B->isLogicalOp()) {
      // `p && p->x` tests p before it is followed.
      condition(B->getLHS());
      expression(B->getRHS());
      return true;
    }
    const Expr *Base = nullptr;
    if (const auto *M = dyn_cast<MemberExpr>(E); M && M->isArrow())
      Base = M->getBase();
    else if (const auto *S = dyn_cast<ArraySubscriptExpr>(E))
      Base = S->getBase();
    else if (const auto *U = dyn_cast<UnaryOperator>(E);
             U && U->getOpcode() == UO_Deref)
      Base = U->getSubExpr();
    if (Base)
      if (Identity Id = id(Base); Id && !isAddressOf(Base, Id))
        emit(Event::Deref, Id, E);
    return false;
  }

  /// The constant that \p E is, itself or as a parameter that got one.
  const Expr *constantOf(const Expr *E) {
    if (isConstant(E, Ctx))
      return E;
    const auto *Ref = dyn_cast<DeclRefExpr>(E->IgnoreParenCasts());
    const auto *Var = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
    return Var ? Constants.lookup(Var) : nullptr;
  }

  void assignment(const BinaryOperator *B) {
    expression(B->getLHS());
    expression(B->getRHS());
    const auto *Ref = dyn_cast<DeclRefExpr>(B->getLHS()->IgnoreParens());
    const auto *Var = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
    if (Var && !Var->hasGlobalStorage()) {
      if (Identity Id = valueId(B->getRHS()))
        alias(Var, Id);
      return;
    }
    handsOver(B);
    Identity Id = id(B->getLHS());
    if (!Id)
      return;
    const Expr *Value = constantOf(B->getRHS());
    emit(Value ? Event::Kill : Event::Change, Id, B, nullptr,
         Value ? Value : B->getRHS());
  }

  void call(const CallExpr *Call) {
    for (const Expr *Arg : Call->arguments())
      expression(Arg);
    const FunctionDecl *F = Call->getDirectCallee();
    if (!F) {
      if (Derefs)
        expression(Call->getCallee());
      emit(Event::Indirect, id(Call->getCallee()), Call);
      if (!WasCut)
        if (const auto *M = dyn_cast_or_null<MemberExpr>(
                strip(Call->getCallee(), K));
            M && M->isArrow())
          Out.back().Through = id(M->getBase());
      return;
    }
    StringRef Name = calleeName(Call);
    auto argument = [&](unsigned I) -> Identity {
      return I < Call->getNumArgs() ? id(Call->getArg(I)) : nullptr;
    };
    // A row is for who calls it; the unit that defines it shows the lock inside.
    if (const LockRow *Row = isOwn(F) ? nullptr : K.lock(Name)) {
      lock(*Row, argument(Row->Argument), Call);
      // refcount_dec_and_test() lets go and may be the kill as well.
      if (Row->Action != LockAction::Release)
        return;
    }
    if (const KillRow *Row = K.kill(Name)) {
      if (Identity Id = argument(Row->Argument))
        emit(Event::Kill, Id, Call);
      emit(Event::Call, nullptr, Call, F);
      return callbacks(Call, Name);
    }
    if (Name == "schedule_timeout" || Name == "io_schedule_timeout")
      // wait_event_timeout() gives up.
      for (Event &E : llvm::reverse(Out))
        if (E.K == Event::Wait && E.In == Stack.back()) {
          E.K = Event::Change;
          break;
        }
    if (Frame.Queued && Name.contains("schedule"))
      schedules(Call, Name);
    if (const TestRow *Row = K.test(Name))
      if (Identity Id = argument(Row->Argument))
        emit(Event::Test, Id, Call);
    if (const WaitRow *Row = K.wait(Name)) {
      if (Identity Id = argument(Row->Argument);
          Id && !Row->Bounded && !isInterruptible(Call))
        emit(Event::Wait, Id, Call);
      waits(*Row, Call);
      emit(Event::Call, nullptr, Call, F);
      return;
    }
    if (const WakeRow *Row = K.wake(Name)) {
      if (Identity Id = argument(Row->Argument))
        emit(Event::Wake, Id, Call);
      return;
    }
    if (toldInPlace(F))
      return inPlace(Call, definition(F));
    emit(Event::Call, nullptr, Call, F);
    callbacks(Call, Name);
  }

  /// What an iteration calls, and a last put.
  void callbacks(const CallExpr *Call, StringRef Name) {
    if (K.means(Name, "iterate") >= 0 || (Puts && K.means(Name, "put") >= 0))
      for (const Expr *Arg : Call->arguments())
        if (const FunctionDecl *Callback = namedFunction(Arg))
          if (toldInPlace(Callback))
            inPlace(Call, definition(Callback), /*Callback=*/true);
  }

  /// prepare_to_wait_event(wq, entry, state): a signal ends the sleep unless
  /// the state is TASK_UNINTERRUPTIBLE, and 1 is TASK_INTERRUPTIBLE.
  bool isInterruptible(const CallExpr *Call) {
    Expr::EvalResult State;
    return Call->getNumArgs() > 2 &&
           Call->getArg(2)->EvaluateAsInt(State, Ctx) &&
           (State.Val.getInt().getZExtValue() & 0x101) != 0;
  }

  void sleep(Identity On, const CallExpr *Call, bool Timed, bool Signal) {
    emit(Event::Sleep, On, Call);
    if (WasCut)
      return;
    Event &E = Out.back();
    E.Timed = Timed;
    E.Signal = Signal;
    E.Loops.append(Loops.rbegin(), Loops.rend());
  }

  void waits(const WaitRow &Row, const CallExpr *Call) {
    Identity On = Row.Argument < Call->getNumArgs()
                      ? id(Call->getArg(Row.Argument))
                      : nullptr;
    if (Row.Prepares) {
      Frame.Queue = On;
      Frame.Queued = true;
      Frame.Signal = Call->getNumArgs() < 3 || isInterruptible(Call);
      return;
    }
    bool Timed = Row.Bounded && !Row.Signal;
    if (Row.Timeout >= 0 && unsigned(Row.Timeout) < Call->getNumArgs()) {
      On = nullptr;
      Timed = !isForever(Call->getArg(Row.Timeout));
    }
    // while (!wait_for_completion_timeout()) complains, and waits for ever.
    if (Timed && On && !Loops.empty() && decides(Call, Loops.back()))
      emit(Event::Wait, On, Call);
    sleep(On, Call, Timed, Row.Signal || Row.Timeout >= 0);
  }

  static bool contains(const Stmt *S, llvm::function_ref<bool(const Stmt *)> Is) {
    return S && (Is(S) || llvm::any_of(S->children(), [&](const Stmt *Child) {
                   return contains(Child, Is);
                 }));
  }

  /// True when the loop goes on until \p Call says that it is over.
  static bool decides(const CallExpr *Call, const Stmt *Loop) {
    const Expr *Until = nullptr;
    if (const auto *W = dyn_cast<WhileStmt>(Loop))
      Until = W->getCond();
    else if (const auto *D = dyn_cast<DoStmt>(Loop))
      Until = D->getCond();
    return contains(Until, [&](const Stmt *S) {
      const auto *Ref = dyn_cast<DeclRefExpr>(S);
      return S == Call ||
             (Ref && contains(Loop, [&](const Stmt *Each) {
                const auto *B = dyn_cast<BinaryOperator>(Each);
                const auto *To = B && B->isAssignmentOp()
                                     ? dyn_cast<DeclRefExpr>(
                                           B->getLHS()->IgnoreParens())
                                     : nullptr;
                return To && To->getDecl() == Ref->getDecl() &&
                       B->getRHS()->IgnoreParenCasts() == Call;
              }));
    });
  }

  /// schedule(), io_schedule(), schedule_timeout(): they sleep on the queue
  /// that was prepared.
  void schedules(const CallExpr *Call, StringRef Name) {
    if (Name == "schedule" || Name == "io_schedule" ||
        Name == "schedule_preempt_disabled" || Name == "freezable_schedule")
      sleep(Frame.Queue, Call, false, Frame.Signal);
    else if (Name.starts_with("schedule_timeout") ||
             Name == "io_schedule_timeout")
      sleep(Frame.Queue, Call,
            !Call->getNumArgs() || !isLongest(Call->getArg(0)), Frame.Signal);
  }

  bool isLongest(const Expr *E) {
    Expr::EvalResult Value;
    return E->EvaluateAsInt(Value, Ctx) &&
           Value.Val.getInt().getExtValue() == 0x7fffffffffffffffLL;
  }

  /// 0 or MAX_SCHEDULE_TIMEOUT.
  bool isForever(const Expr *E) {
    Expr::EvalResult Value;
    return isLongest(E) ||
           (E->EvaluateAsInt(Value, Ctx) && Value.Val.getInt().isZero());
  }

  void lock(const LockRow &Row, Identity Id, const CallExpr *Call) {
    if (!Id)
      return;
    switch (Row.Action) {
    case LockAction::Acquire:
    case LockAction::AcquireIfZero:
    case LockAction::AcquireIfNonZero:
      emit(Event::Acquire, Id, Call);
      Locks.push_back({Id, Row.Mode, ++Acquired, Call});
      break;
    case LockAction::Release:
      release(Id);
      emit(Event::Release, Id, Call);
      break;
    case LockAction::Barrier:
      emit(Event::Barrier, Id, Call);
      break;
    case LockAction::TryGet:
      emit(Event::TryGet, Id, Call);
      Locks.push_back({Id, Row.Mode, ++Acquired, Call});
      break;
    }
  }

  bool isOwn(const FunctionDecl *F) {
    const FunctionDecl *Def = definition(F);
    return Def && isDriverCode(Def->getLocation(), Ctx.getSourceManager());
  }

  /// Functions of the driver, and guard constructors from cleanup.h.
  bool toldInPlace(const FunctionDecl *F) {
    const FunctionDecl *Def = definition(F);
    if (!Def || DepthLeft == 0 || llvm::is_contained(Stack, Def))
      return false;
    StringRef Name = F->getIdentifier() ? F->getName() : StringRef();
    if (Name.starts_with("class_") &&
        (Name.ends_with("_constructor") || Name.ends_with("_ext")))
      return true;
    return isDriverCode(Def->getLocation(), Ctx.getSourceManager()) ||
           (Puts && isPut(Def));
  }

  /// An inline of a header that does nothing but put: fw_card_put().
  bool isPut(const FunctionDecl *Def) {
    const auto *Body = dyn_cast<CompoundStmt>(Def->getBody());
    const auto *Call =
        Body && Body->size() == 1 ? dyn_cast<CallExpr>(Body->body_front())
                                  : nullptr;
    return Call && K.means(calleeName(Call), "put") >= 0 &&
           llvm::any_of(Call->arguments(), [](const Expr *Arg) {
             return namedFunction(Arg) != nullptr;
           });
  }

  /// A callback is given who knows what.
  void inPlace(const CallExpr *Call, const FunctionDecl *Def,
               bool Callback = false) {
    Aliases Saved = Locals;
    for (unsigned I = 0;
         !Callback && I < Def->getNumParams() && I < Call->getNumArgs(); ++I) {
      if (Identity Id = id(Call->getArg(I)))
        alias(Def->getParamDecl(I), Id);
      Constants[Def->getParamDecl(I)] = constantOf(Call->getArg(I));
    }
    llvm::SmallVector<Identity, 2> Guards;
    std::swap(Guards, ScopeLocks);
    --DepthLeft;
    Vias.push_back(Call);
    function(Def);
    Vias.pop_back();
    ++DepthLeft;
    std::swap(Guards, ScopeLocks);
    Locals = std::move(Saved);
  }
};

} // namespace

Story strongfence::tell(const FunctionDecl *Root, const Kernel &K,
                        ASTContext &Ctx, bool Puts, unsigned Depth,
                        bool *Cut) {
  Story Out;
  Teller T(K, Ctx, Out, Puts, Depth);
  T.function(Root);
  if (Cut)
    *Cut = T.cut();
  return Out;
}

Story strongfence::tellUses(const FunctionDecl *Root, const Kernel &K,
                            ASTContext &Ctx) {
  Story Out;
  Teller(K, Ctx, Out, /*Puts=*/false, 8, /*Derefs=*/true).function(Root);
  return Out;
}

StringRef strongfence::calleeName(const Event &E) {
  return E.K == Event::Call && E.Callee->getIdentifier() ? E.Callee->getName()
                                                         : StringRef();
}

bool strongfence::holds(const Event &E, Identity Lock) {
  return llvm::any_of(E.Locks, [&](const Held &H) { return H.Lock == Lock; });
}
