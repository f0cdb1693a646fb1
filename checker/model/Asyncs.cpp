// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Asyncs.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace strongfence;

namespace {

/// The struct tag of the object that \p E is a member of, at any depth, or
/// that \p E points to.
StringRef outermost(const Expr *E, const Kernel &K) {
  E = E ? strip(E, K) : nullptr;
  StringRef Last;
  while (const auto *M = dyn_cast_or_null<MemberExpr>(E)) {
    const Expr *Base = M->getBase()->IgnoreParenCasts();
    if (StringRef Name = structName(Base->getType()); !Name.empty())
      Last = Name;
    if (M->isArrow())
      return Last;
    E = Base;
    while (const auto *Sub = dyn_cast<ArraySubscriptExpr>(E))
      E = Sub->getBase()->IgnoreParenCasts();
  }
  return Last;
}

/// A helper that does one of several things, as its caller asks for by a
/// parameter: what it does for this caller is not known.
bool picksByParameter(const FunctionDecl *F) {
  std::vector<const Stmt *> Work = {F->getBody()};
  while (!Work.empty()) {
    const Stmt *S = Work.back();
    Work.pop_back();
    if (!S)
      continue;
    if (const auto *Sw = dyn_cast<SwitchStmt>(S)) {
      const auto *Ref =
          dyn_cast<DeclRefExpr>(Sw->getCond()->IgnoreParenCasts());
      if (Ref && isa<ParmVarDecl>(Ref->getDecl()))
        return true;
    }
    Work.insert(Work.end(), S->child_begin(), S->child_end());
  }
  return false;
}

class UseReader {
public:
  UseReader(const Kernel &K, ASTContext &Ctx, Asyncs::Uses &Out)
      : K(K), Ctx(Ctx), Out(Out) {}

  void function(const FunctionDecl *F) {
    const FunctionDecl *Def = definition(F);
    if (!Def || !isDriverCode(Def->getLocation(), Ctx.getSourceManager()) ||
        !Seen.insert(Def).second || Seen.size() > 200)
      return;
    const FunctionDecl *Saved = std::exchange(In, Def);
    walk(Def->getBody());
    In = Saved;
  }

private:
  const Kernel &K;
  ASTContext &Ctx;
  Asyncs::Uses &Out;
  const FunctionDecl *In = nullptr;
  llvm::DenseSet<const FunctionDecl *> Seen;

  /// The field or variable that `!p` or IS_ERR(p) asks for.
  static const Expr *askedPointer(const Stmt *S) {
    const Expr *Of = nullptr;
    if (const auto *U = dyn_cast<UnaryOperator>(S)) {
      if (U->getOpcode() == UO_LNot)
        Of = U->getSubExpr();
    } else if (const auto *Call = dyn_cast<CallExpr>(S)) {
      if (calleeName(Call).starts_with("IS_ERR") && Call->getNumArgs() == 1)
        Of = Call->getArg(0);
    }
    Of = Of ? Of->IgnoreParenCasts() : nullptr;
    return Of && isa<MemberExpr>(Of) && Of->getType()->isPointerType() ? Of
                                                                        : nullptr;
  }

  void walk(const Stmt *S) {
    // sizeof uses nothing.
    if (!S || isa<UnaryExprOrTypeTraitExpr>(S))
      return;
    if (const Expr *Asked = askedPointer(S)) {
      // The pointer is compared; what it points to is not used.
      if (const auto *M = dyn_cast<MemberExpr>(Asked))
        walk(M->getBase());
      return;
    }
    if (const auto *M = dyn_cast<MemberExpr>(S)) {
      if (const auto *F = dyn_cast<FieldDecl>(M->getMemberDecl()))
        Out.try_emplace(cast<ValueDecl>(F->getCanonicalDecl()),
                        Asyncs::Use{M, In});
    } else if (const auto *Ref = dyn_cast<DeclRefExpr>(S)) {
      const auto *V = dyn_cast<VarDecl>(Ref->getDecl());
      if (V && V->hasGlobalStorage())
        Out.try_emplace(cast<ValueDecl>(V->getCanonicalDecl()),
                        Asyncs::Use{Ref, In});
    } else if (const auto *Call = dyn_cast<CallExpr>(S)) {
      function(Call->getDirectCallee());
      if (K.means(calleeName(Call), "iterate") >= 0)
        for (const Expr *Arg : Call->arguments())
          function(namedFunction(Arg));
    }
    for (const Stmt *Child : S->children())
      walk(Child);
  }
};

} // namespace

Asyncs::Asyncs(const UnitModel &Model, const Timelines &Times, ASTContext &Ctx)
    : Model(Model), Times(Times), Ctx(Ctx) {
  readCalls();
  readSlots();
  for (const CallSite &Site : Model.Unit.Calls) {
    const AsyncCallRow *Row = Model.K.asyncs().call(calleeName(Site.Call));
    if (!Row || Row->Does != AsyncEffect::Arm || Row->Kind != AsyncKind::Work ||
        unsigned(std::max<int>(Row->Queue, Row->Argument)) >=
            Site.Call->getNumArgs())
      continue;
    Identity Work = identify(Site.Call->getArg(Row->Argument), Model.K);
    if (!Work)
      continue;
    // Null is the system's queue.
    Identity Queue = nullptr;
    if (Row->Queue >= 0) {
      Queue = identify(Site.Call->getArg(Row->Queue), Model.K);
      if (!Queue)
        AnyQueue.insert(Work);
    }
    Queues[Work].insert(Queue);
  }
}

void Asyncs::add(const AsyncRow &Row, const Expr *Object,
                 ArrayRef<const FunctionDecl *> Handlers, const Expr *Start,
                 const FunctionDecl *In, const Expr *Context) {
  Async A;
  A.Row = &Row;
  A.Object = Object ? identify(Object, Model.K) : nullptr;
  A.Container = Object ? outermost(Object, Model.K) : StringRef();
  if (Context)
    A.Container = structName(Context->IgnoreParenCasts()->getType());
  for (const FunctionDecl *H : Handlers)
    if (const FunctionDecl *Def = definition(H)) {
      if (isDriverCode(Def->getLocation(), Ctx.getSourceManager()))
        A.Handlers.push_back(Def);
    } else {
      A.Elsewhere |= isDriverCode(H->getLocation(), Ctx.getSourceManager());
    }
  if (A.Handlers.empty() && !A.Elsewhere)
    return;
  A.Start = Start;
  A.In = In;
  A.Managed = Row.Device >= 0;
  // One object set up in two places, or one handler of two interrupts.
  for (Async &Known : All)
    if (Known.Row->Kind == Row.Kind && Known.Object == A.Object &&
        (A.Object || Known.Handlers == A.Handlers)) {
      for (const FunctionDecl *H : A.Handlers)
        if (!llvm::is_contained(Known.Handlers, H))
          Known.Handlers.push_back(H);
      return;
    }
  All.push_back(std::move(A));
}

void Asyncs::readCalls() {
  for (const CallSite &Site : Model.Unit.Calls) {
    const AsyncRow *Row = Model.K.asyncs().start(calleeName(Site.Call));
    if (!Row)
      continue;
    auto argument = [&](int I) -> const Expr * {
      return I >= 0 && unsigned(I) < Site.Call->getNumArgs()
                 ? Site.Call->getArg(I)
                 : nullptr;
    };
    llvm::SmallVector<const FunctionDecl *, 2> Handlers;
    for (unsigned I : Row->Handlers)
      if (const FunctionDecl *H = namedFunction(argument(I)))
        Handlers.push_back(H);
    const Expr *Object = argument(Row->Object);
    if (Row->Kind == AsyncKind::Thread)
      for (const CallResult &Result : Model.Unit.Results)
        if (Result.Call == Site.Call)
          Object = Result.Target;
    add(*Row, Object, Handlers, Site.Call, Site.In, argument(Row->Context));
  }
}

bool Asyncs::isRegistered(const AsyncRow &Row, bool &Managed) const {
  bool Own = false, Devres = false;
  for (const CallSite &Site : Model.Unit.Calls) {
    Own |= llvm::is_contained(Row.Registered, calleeName(Site.Call));
    Devres |= llvm::is_contained(Row.Managed, calleeName(Site.Call));
  }
  Managed = Devres && !Own;
  return Own || Devres;
}

void Asyncs::readSlots() {
  for (const FieldStore &Store : Model.Unit.Stores) {
    const FunctionDecl *H = namedFunction(Store.Value);
    StringRef Owner = ownerName(Store.Field);
    if (!H || Owner.empty() || !Store.Field->getIdentifier())
      continue;
    const AsyncRow *Row = Model.K.asyncs().start(
        (Owner + "." + Store.Field->getName()).str());
    if (!Row)
      continue;
    bool Managed = false;
    if (Row->Kind == AsyncKind::Callback && !isRegistered(*Row, Managed))
      continue;
    const Expr *Object =
        Row->Kind != AsyncKind::Callback && Store.Target
            ? Store.Target->getBase()
            : nullptr;
    add(*Row, Object, H, Store.Value, Store.In, nullptr);
    if (Managed && !All.empty() && All.back().Start == Store.Value)
      All.back().Managed = true;
  }
}

std::optional<AsyncEffect> Asyncs::effect(const Event &E,
                                          const Async &A) const {
  if (E.K != Event::Call || !E.Callee->getIdentifier())
    return std::nullopt;
  StringRef Name = E.Callee->getName();
  if (llvm::is_contained(A.Row->Stop, Name))
    return AsyncEffect::Shut;
  if (A.Row->Kind == AsyncKind::Notifier) {
    // The convention of every chain: X_unregister_*notifier*(..., &nb).
    if (Name.contains("unreg") &&
        (!A.Object || llvm::is_contained(E.Args, A.Object)))
      return AsyncEffect::Shut;
    return std::nullopt;
  }
  const AsyncCallRow *Row = Model.K.asyncs().call(Name);
  if (!Row || Row->Kind != A.Row->Kind)
    return std::nullopt;
  if (Row->Whole || A.Row->Kind == AsyncKind::Interrupt)
    return Row->Does;
  Identity Of = Row->Argument < E.Args.size() ? E.Args[Row->Argument] : nullptr;
  if (Row->Does == AsyncEffect::Drain || Row->Does == AsyncEffect::Empty) {
    auto It = Queues.find(A.Object);
    if (It == Queues.end() || !Of || AnyQueue.contains(A.Object) ||
        It->second.contains(Of))
      return Row->Does;
    return std::nullopt;
  }
  if (Of == A.Object)
    return Row->Does;
  // An object that the source does not name may be this one, and then it is
  // stopped; that it is armed is not said.
  if ((!Of || !A.Object) && Row->Does != AsyncEffect::Arm)
    return Row->Does;
  return std::nullopt;
}

std::optional<AsyncEffect> Asyncs::effect(const Moment &M,
                                          const Async &A) const {
  if (!M.Managed)
    return effect(*M.E, A);
  if (M.E->Site == A.Start)
    return AsyncEffect::Shut;
  if (M.E->K != Event::Call || !M.E->Callee->getIdentifier())
    return std::nullopt;
  StringRef Name = M.E->Callee->getName();
  if (llvm::is_contained(A.Row->Managed, Name))
    return AsyncEffect::Shut;
  // The same object, set up by another call.
  const AsyncRow *Row = Model.K.asyncs().start(Name);
  if (Row && Row->Kind == A.Row->Kind && Row->Device >= 0) {
    if (Row->Object >= 0 && unsigned(Row->Object) < M.E->Args.size() &&
        M.E->Args[Row->Object] == A.Object)
      return AsyncEffect::Stop;
    if (Row->Kind == AsyncKind::Interrupt && A.Managed) {
      const auto *Call = cast<CallExpr>(M.E->Site);
      for (unsigned I : Row->Handlers)
        if (I < Call->getNumArgs())
          if (const FunctionDecl *H =
                  definition(namedFunction(Call->getArg(I))))
            if (llvm::is_contained(A.Handlers, H))
              return AsyncEffect::Shut;
    }
  }
  // devm_alloc_workqueue() and what else is named after its queue.
  return std::nullopt;
}

std::vector<Arming> Asyncs::armings(const FunctionDecl *F) const {
  std::vector<Arming> Out;
  llvm::DenseSet<Identity> Tested;
  for (const Event &E : Times.story(F)) {
    if (E.K == Event::Test && E.What)
      Tested.insert(E.What);
    if (E.K != Event::Call)
      continue;
    if (E.In != F && picksByParameter(E.In))
      continue;
    for (const Async &A : All)
      if (A.Object && effect(E, A) == AsyncEffect::Arm)
        Out.push_back({&A, &E, Tested});
  }
  return Out;
}

const Asyncs::Uses &Asyncs::uses(const Async &A) const {
  auto &Of = UsesOf[&A];
  if (!Of) {
    Of = std::make_unique<Uses>();
    UseReader Reader(Model.K, Ctx, *Of);
    for (const FunctionDecl *H : A.Handlers)
      Reader.function(H);
  }
  return *Of;
}

std::string Asyncs::name(const Async &A) {
  if (!A.Handlers.empty())
    return "'" + A.Handlers.front()->getNameAsString() + "'";
  if (A.Object)
    return describe(A.Object);
  return "a handler";
}
