// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Identity.h"
#include "llvm/ADT/StringSet.h"

using namespace clang;
using namespace ento;
using namespace strongfence;

namespace {

/// Lock types are structs whose members are the next lower lock.
bool isLockRecord(const RecordDecl *R) {
  static const llvm::StringSet<> Names = {
      "spinlock", "raw_spinlock", "rwlock_t", "mutex", "rw_semaphore",
      "semaphore", "srcu_struct", "rt_mutex", "rt_mutex_base", "completion",
      "wait_queue_head", "swait_queue_head", "percpu_rw_semaphore", "ww_mutex",
      "refcount_struct", "kref", "atomic_t", "percpu_ref", "list_head",
      "hlist_node", "hlist_head", "rb_node", "idr", "xarray",
      "radix_tree_root", "rb_root", "ld_semaphore",
      // What runs on its own is known by the field that it is in, too.
      "work_struct", "delayed_work", "rcu_work", "timer_list", "hrtimer",
      "tasklet_struct", "kfifo", "kfifo_rec_ptr_1", "kfifo_rec_ptr_2"};
  return Names.contains(R->getName());
}

/// An anonymous union around `rlock` belongs to the lock it is in.
bool isInsideLock(const FieldDecl *F) {
  const RecordDecl *R = F->getParent();
  while (R) {
    if (isLockRecord(R))
      return true;
    if (R->getIdentifier())
      return false;
    R = dyn_cast<RecordDecl>(R->getDeclContext());
  }
  return false;
}

const Expr *lastValue(const StmtExpr *SE) {
  const CompoundStmt *Body = SE->getSubStmt();
  if (!Body->body_empty())
    return dyn_cast<Expr>(Body->body_back());
  return nullptr;
}

} // namespace

const Expr *strongfence::strip(const Expr *E, const Kernel &K) {
  while (E) {
    const Expr *Inner = E->IgnoreParenCasts();
    if (const auto *U = dyn_cast<UnaryOperator>(Inner)) {
      if (U->getOpcode() == UO_AddrOf || U->getOpcode() == UO_Deref ||
          U->getOpcode() == UO_Extension)
        Inner = U->getSubExpr();
    } else if (const auto *B = dyn_cast<BinaryOperator>(Inner)) {
      // base + OFFSET is about base; (a, b) is about b.
      if (B->isAdditiveOp() && B->getType()->isPointerType())
        Inner = B->getLHS()->getType()->isPointerType() ? B->getLHS()
                                                         : B->getRHS();
      else if (B->getOpcode() == BO_Comma)
        Inner = B->getRHS();
    } else if (const auto *Sub = dyn_cast<ArraySubscriptExpr>(Inner)) {
      Inner = Sub->getBase();
    } else if (const auto *SE = dyn_cast<StmtExpr>(Inner)) {
      if (const Expr *Last = lastValue(SE))
        Inner = Last;
    } else if (const auto *Call = dyn_cast<CallExpr>(Inner)) {
      int Argument = K.means(calleeName(Call), "transparent");
      if (Argument >= 0 && unsigned(Argument) < Call->getNumArgs())
        Inner = Call->getArg(Argument);
    } else if (const auto *G = dyn_cast<GenericSelectionExpr>(Inner)) {
      if (!G->isResultDependent())
        Inner = G->getResultExpr();
    } else if (const auto *M = dyn_cast<MemberExpr>(Inner)) {
      const auto *F = dyn_cast<FieldDecl>(M->getMemberDecl());
      // Anonymous structs and unions, and the insides of a lock.
      if (F && (isInsideLock(F) || !F->getIdentifier()))
        Inner = M->getBase();
    }
    if (Inner == E)
      return E;
    E = Inner;
  }
  return E;
}

Identity strongfence::identify(const Expr *E, const Kernel &K,
                               const Aliases *Locals) {
  E = strip(E, K);
  if (!E)
    return nullptr;
  if (const auto *M = dyn_cast<MemberExpr>(E)) {
    if (const auto *F = dyn_cast<FieldDecl>(M->getMemberDecl()))
      return cast<ValueDecl>(F->getCanonicalDecl());
    return nullptr;
  }
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  const auto *Var = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  if (!Var)
    return nullptr;
  if (Var->hasGlobalStorage())
    return cast<ValueDecl>(Var->getCanonicalDecl());
  if (Locals) {
    auto It = Locals->find(Var);
    if (It != Locals->end())
      return It->second;
  }
  return nullptr;
}

Identity strongfence::identify(const MemRegion *Region) {
  while (Region) {
    if (const auto *Element = dyn_cast<ElementRegion>(Region)) {
      Region = Element->getSuperRegion();
    } else if (const auto *Field = dyn_cast<FieldRegion>(Region)) {
      const FieldDecl *F = Field->getDecl();
      if (!isInsideLock(F) && F->getIdentifier())
        return cast<ValueDecl>(F->getCanonicalDecl());
      Region = Field->getSuperRegion();
    } else if (const auto *Var = dyn_cast<VarRegion>(Region)) {
      const VarDecl *V = Var->getDecl();
      return V->hasGlobalStorage() ? cast<ValueDecl>(V->getCanonicalDecl())
                                   : nullptr;
    } else if (const auto *Symbolic = dyn_cast<SymbolicRegion>(Region)) {
      const MemRegion *Origin = Symbolic->getSymbol()->getOriginRegion();
      if (Origin == Region)
        return nullptr;
      Region = Origin;
    } else {
      return nullptr;
    }
  }
  return nullptr;
}

Identity strongfence::identify(SVal Value) {
  if (const MemRegion *Region = Value.getAsRegion())
    return identify(Region);
  if (SymbolRef Symbol = Value.getAsSymbol())
    return identify(Symbol->getOriginRegion());
  return nullptr;
}

StringRef strongfence::structName(QualType Type) {
  if (Type.isNull())
    return {};
  while (Type->isPointerType() || Type->isArrayType())
    Type = Type->isPointerType()
               ? Type->getPointeeType()
               : QualType(Type->getPointeeOrArrayElementType(), 0);
  const RecordDecl *R = Type->getAsRecordDecl();
  if (!R)
    return {};
  if (R->getIdentifier())
    return R->getName();
  if (const TypedefNameDecl *T = R->getTypedefNameForAnonDecl())
    return T->getName();
  return {};
}

StringRef strongfence::ownerName(Identity Id) {
  const auto *F = dyn_cast_or_null<FieldDecl>(Id);
  const RecordDecl *R = F ? F->getParent() : nullptr;
  while (R && !R->getIdentifier())
    R = dyn_cast<RecordDecl>(R->getDeclContext());
  return R ? R->getName() : StringRef();
}

std::string strongfence::describe(Identity Id) {
  if (!Id)
    return "a lock";
  StringRef Owner = ownerName(Id);
  std::string Text = ("'" + Id->getName() + "'").str();
  if (!Owner.empty())
    Text += (" of 'struct " + Owner + "'").str();
  return Text;
}

StringRef strongfence::calleeName(const CallExpr *Call) {
  const FunctionDecl *F = Call->getDirectCallee();
  return F && F->getIdentifier() ? F->getName() : StringRef();
}

const FunctionDecl *strongfence::definition(const FunctionDecl *F) {
  const FunctionDecl *Def = nullptr;
  return F && F->hasBody(Def) ? Def : nullptr;
}

const FunctionDecl *strongfence::namedFunction(const Expr *E) {
  if (!E)
    return nullptr;
  E = E->IgnoreParenCasts();
  if (const auto *U = dyn_cast<UnaryOperator>(E))
    if (U->getOpcode() == UO_AddrOf)
      E = U->getSubExpr()->IgnoreParenCasts();
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  return Ref ? dyn_cast<FunctionDecl>(Ref->getDecl()) : nullptr;
}

bool strongfence::isDriverCode(SourceLocation Loc, const SourceManager &SM) {
  if (Loc.isInvalid())
    return false;
  Loc = SM.getExpansionLoc(Loc);
  if (SM.isWrittenInMainFile(Loc))
    return true;
  if (SM.isInSystemHeader(Loc))
    return false;
  StringRef File = SM.getFilename(Loc);
  return !File.contains("include/");
}

bool strongfence::isConstant(const Expr *E, ASTContext &Ctx) {
  if (!E || E->isValueDependent())
    return false;
  E = E->IgnoreParenCasts(); // (uintptr_t)NULL is no constant expression
  if (E->isNullPointerConstant(Ctx, Expr::NPC_ValueDependentIsNotNull) !=
      Expr::NPCK_NotNull)
    return true;
  return E->isIntegerConstantExpr(Ctx);
}
