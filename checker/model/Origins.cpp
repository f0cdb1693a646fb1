// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Origins.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace strongfence;

namespace {

constexpr unsigned MaxSteps = 2000; ///< a question

/// \p E without parentheses and casts; READ_ONCE(x) and WRITE_ONCE(x) are *&x.
const Expr *bare(const Expr *E) {
  E = E->IgnoreParenCasts();
  const auto *Deref = dyn_cast<UnaryOperator>(E);
  if (!Deref || Deref->getOpcode() != UO_Deref)
    return E;
  const auto *Address =
      dyn_cast<UnaryOperator>(Deref->getSubExpr()->IgnoreParenCasts());
  return Address && Address->getOpcode() == UO_AddrOf
             ? bare(Address->getSubExpr())
             : E;
}

/// The field or variable that \p E is, not what it points to.
const ValueDecl *place(const Expr *E) {
  E = bare(E);
  const ValueDecl *D = nullptr;
  if (const auto *M = dyn_cast<MemberExpr>(E))
    D = dyn_cast<FieldDecl>(M->getMemberDecl());
  else if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
    D = dyn_cast<VarDecl>(Ref->getDecl());
  return D ? cast<ValueDecl>(D->getCanonicalDecl()) : nullptr;
}

} // namespace

Origins::Origins(const Index &Unit, const Kernel &K, ASTContext &Ctx)
    : Unit(Unit), K(K), Ctx(Ctx) {
  for (const FieldStore &Store : Unit.Stores)
    if (Store.Field->getType()->isPointerType())
      Stores[cast<ValueDecl>(Store.Field->getCanonicalDecl())].push_back(
          Store.Value);
  for (const VarDecl *V : Unit.Variables)
    if (V->getType()->isPointerType())
      Stores[V->getCanonicalDecl()].push_back(V->getInit());
  for (const FunctionDecl *F : Unit.Functions) {
    In = F;
    walk(F->getBody());
  }
}

void Origins::store(const Expr *Target, const Expr *Stored) {
  // The index has the plain stores to fields.
  if (isa<MemberExpr>(Target->IgnoreParens()))
    return;
  const ValueDecl *D = place(Target);
  if (D && D->getType()->isPointerType())
    Stores[D].push_back(Stored);
}

void Origins::walk(const Stmt *S) {
  if (!S)
    return;
  if (const auto *B = dyn_cast<BinaryOperator>(S)) {
    if (B->getOpcode() == BO_Assign)
      store(B->getLHS(), B->getRHS());
  } else if (const auto *Ret = dyn_cast<ReturnStmt>(S)) {
    if (Ret->getRetValue())
      Returns[In].push_back(Ret->getRetValue());
  } else if (const auto *D = dyn_cast<DeclStmt>(S)) {
    for (const Decl *Each : D->decls())
      if (const auto *V = dyn_cast<VarDecl>(Each))
        if (V->getInit() && V->getType()->isPointerType())
          Stores[V->getCanonicalDecl()].push_back(V->getInit());
  } else if (const auto *U = dyn_cast<UnaryOperator>(S)) {
    if (const Expr *Inner = bare(U); Inner != U && U->getOpcode() == UO_Deref)
      return walk(Inner);
    if (U->getOpcode() == UO_AddrOf)
      if (const ValueDecl *D = place(U->getSubExpr()))
        Exposed.insert(D);
  } else if (isa<UnaryExprOrTypeTraitExpr>(S)) {
    return;
  }
  for (const Stmt *Child : S->children())
    walk(Child);
}

llvm::MapVector<Identity, const CallExpr *> Origins::managed() {
  llvm::MapVector<Identity, const CallExpr *> Out;
  for (const auto &[D, Each] : Stores) {
    const auto *V = dyn_cast<VarDecl>(D);
    if (V && !V->hasGlobalStorage())
      continue;
    Steps = 0;
    Origin O = of(D);
    if (!O.Other && O.Call)
      Out.insert({D, O.Call});
  }
  return Out;
}

bool Origins::enter(const Decl *D, Origin &Answer) {
  // What comes from itself adds nothing.
  if (llvm::is_contained(Asked, D))
    return false;
  if (++Steps > MaxSteps) {
    Answer.Other = true;
    return false;
  }
  Asked.push_back(D);
  return true;
}

Origins::Origin Origins::of(const ValueDecl *D) {
  Origin All;
  if (Exposed.contains(D)) {
    All.Other = true;
    return All;
  }
  if (!enter(D, All))
    return All;
  auto It = Stores.find(D);
  if (const auto *P = dyn_cast<ParmVarDecl>(D))
    addArguments(All, P);
  else
    All.Other = It == Stores.end();
  if (It != Stores.end() && !All.Other)
    for (const Expr *Each : It->second)
      if (!All.add(of(Each)))
        break;
  Asked.pop_back();
  return All;
}

void Origins::addArguments(Origin &To, const ParmVarDecl *P) {
  const auto *F = dyn_cast<FunctionDecl>(P->getDeclContext());
  const FunctionDecl *Def = F ? definition(F) : nullptr;
  // Who else calls it is not seen.
  To.Other = true;
  if (!Def || Def->getStorageClass() != SC_Static ||
      Unit.InTables.contains(Def->getCanonicalDecl()) ||
      !Unit.Called.contains(Def->getCanonicalDecl()))
    return;
  To.Other = false;
  unsigned I = P->getFunctionScopeIndex();
  for (const CallSite &Site : Unit.Calls)
    if (definition(Site.Call->getDirectCallee()) == Def &&
        I < Site.Call->getNumArgs() && !To.add(of(Site.Call->getArg(I))))
      return;
}

Origins::Origin Origins::ofResult(const FunctionDecl *F) {
  Origin All;
  auto It = Returns.find(F);
  All.Other = It == Returns.end();
  if (All.Other || !enter(F, All))
    return All;
  for (const Expr *Each : It->second)
    if (!All.add(of(Each)))
      break;
  Asked.pop_back();
  return All;
}

Origins::Origin Origins::of(const Expr *E) {
  const Origin Other{true, nullptr};
  if (isConstant(E, Ctx))
    return {};
  E = bare(E);
  if (const auto *SE = dyn_cast<StmtExpr>(E)) {
    const CompoundStmt *Body = SE->getSubStmt();
    const auto *Last =
        Body->body_empty() ? nullptr : dyn_cast<Expr>(Body->body_back());
    return Last ? of(Last) : Other;
  }
  if (const auto *C = dyn_cast<ConditionalOperator>(E)) {
    Origin Both = of(C->getTrueExpr());
    Both.add(of(C->getFalseExpr()));
    return Both;
  }
  if (const auto *Call = dyn_cast<CallExpr>(E)) {
    StringRef Name = calleeName(Call);
    if (K.means(Name, "devm-alloc") >= 0)
      return {false, Call};
    if (K.means(Name, "error-pointer") >= 0)
      return {};
    int Same = K.means(Name, "transparent");
    if (Same >= 0 && unsigned(Same) < Call->getNumArgs())
      return of(Call->getArg(Same));
    const FunctionDecl *Def = definition(Call->getDirectCallee());
    return Def ? ofResult(Def) : Other;
  }
  // A pointer into the memory goes with it.
  if (const auto *B = dyn_cast<BinaryOperator>(E))
    if (B->isAdditiveOp() && B->getType()->isPointerType())
      return of(B->getLHS()->getType()->isPointerType() ? B->getLHS()
                                                         : B->getRHS());
  const ValueDecl *D = place(E);
  return D ? of(D) : Other;
}
