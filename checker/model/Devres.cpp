// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Devres.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "llvm/ADT/StringSet.h"

using namespace clang;
using namespace strongfence;

namespace {

class BodyReader : public RecursiveASTVisitor<BodyReader> {
public:
  explicit BodyReader(BodyFacts &Out) : Out(Out) {}

  bool VisitCallExpr(CallExpr *E) {
    Out.Calls.push_back(E);
    return true;
  }
  bool VisitBinaryOperator(BinaryOperator *E) {
    if (E->getOpcode() != BO_Assign)
      return true;
    Out.Assignments.push_back(E);
    if (const auto *M = dyn_cast<MemberExpr>(E->getLHS()->IgnoreParens()))
      Out.Targets.insert(M);
    return true;
  }
  bool VisitVarDecl(VarDecl *V) {
    Out.Locals.push_back(V);
    return true;
  }
  bool VisitMemberExpr(MemberExpr *E) {
    Out.Members.push_back(E);
    return true;
  }
  bool VisitInitListExpr(InitListExpr *E) {
    Out.Initializers.push_back(E);
    return true;
  }
  bool VisitDeclRefExpr(DeclRefExpr *E) {
    if (const auto *V = dyn_cast<VarDecl>(E->getDecl()))
      Out.References[V].push_back(E);
    return true;
  }
  // sizeof, typeof and offsetof use nothing.
  bool TraverseUnaryExprOrTypeTraitExpr(UnaryExprOrTypeTraitExpr *) {
    return true;
  }
  bool TraverseTypeOfExprTypeLoc(TypeOfExprTypeLoc, bool = true) {
    return true;
  }
  // Only the semantic form of a list says which field a value is for.
  bool TraverseInitListExpr(InitListExpr *E, DataRecursionQueue *Q = nullptr) {
    InitListExpr *Form = E->isSemanticForm() ? E : E->getSemanticForm();
    return TraverseSynOrSemInitListExpr(Form ? Form : E, Q);
  }

private:
  BodyFacts &Out;
};

bool isDevice(QualType T) {
  const RecordDecl *R = T->isPointerType() ? T->getPointeeType()->getAsRecordDecl()
                                           : T->getAsRecordDecl();
  return R && R->getIdentifier() && R->getName() == "device";
}

/// The kernel's naming convention: a devm_ function whose name has one of
/// these words gives a resource back.
bool givesBack(StringRef Name) {
  static const char *const Words[] = {"free",  "put",     "release", "remove",
                                      "unregister", "unmap", "destroy",
                                      "unwatch", "disable", "drop", "is_"};
  for (const char *Word : Words)
    if (Name.contains(Word))
      // regulator_get_enable_optional() and the like obtain.
      return !(Name.contains("get") && !Name.contains("put"));
  return false;
}

bool isManagedName(StringRef Name) {
  Name.consume_front("__");
  return Name.starts_with("devm_") && !givesBack(Name);
}

/// A call that returns a new device, on no bus and registered.
bool creates(const Expr *E) {
  static const llvm::StringSet<> Names = {
      "device_create", "device_create_with_groups", "__root_device_register"};
  const auto *Call = dyn_cast_or_null<CallExpr>(bare(E));
  return Call && Names.contains(calleeName(Call));
}

StringRef typeName(const RecordDecl *R) {
  while (R && !R->getIdentifier())
    R = dyn_cast<RecordDecl>(R->getDeclContext());
  return R ? R->getName() : StringRef();
}

} // namespace

std::string strongfence::fieldName(Identity Id) {
  if (const auto *F = dyn_cast<FieldDecl>(Id))
    return (typeName(F->getParent()) + "." + F->getName()).str();
  return Id->getName().str();
}

const Expr *strongfence::bare(const Expr *E) {
  while (E) {
    const Expr *Inner = E->IgnoreParenCasts();
    if (const auto *U = dyn_cast<UnaryOperator>(Inner))
      if (U->getOpcode() == UO_AddrOf)
        Inner = U->getSubExpr()->IgnoreParenCasts();
    if (const auto *S = dyn_cast<StmtExpr>(Inner)) {
      const auto *Body = S->getSubStmt();
      if (!Body->body_empty())
        if (const auto *Last = dyn_cast<Expr>(Body->body_back()))
          Inner = Last;
    }
    if (Inner == E)
      break;
    E = Inner;
  }
  return E;
}

Identity strongfence::target(const Expr *E) {
  for (E = bare(E); E;) {
    if (const auto *M = dyn_cast<MemberExpr>(E))
      return cast<ValueDecl>(M->getMemberDecl()->getCanonicalDecl());
    if (const auto *R = dyn_cast<DeclRefExpr>(E))
      return cast<ValueDecl>(R->getDecl()->getCanonicalDecl());
    if (const auto *S = dyn_cast<ArraySubscriptExpr>(E))
      E = bare(S->getBase());
    else if (const auto *B = dyn_cast<BinaryOperator>(E))
      E = B->isAdditiveOp() ? bare(B->getLHS()) : nullptr;
    else if (const auto *U = dyn_cast<UnaryOperator>(E))
      E = U->getOpcode() == UO_Deref ? bare(U->getSubExpr()) : nullptr;
    else
      return nullptr;
  }
  return nullptr;
}

Devres::Devres(ASTContext &Ctx, const Index &Unit, const ClassDevices &Rows)
    : Ctx(Ctx), Rows(Rows) {
  if (llvm::none_of(Unit.Calls, [&](const CallSite &Site) {
        StringRef Name = calleeName(Site.Call);
        return isManagedName(Name) || Rows.managed(Name);
      }))
    return;
  for (const FunctionDecl *F : Unit.Functions)
    walk(F);
  for (auto &[F, Facts] : Bodies)
    for (const CallExpr *Call : Facts.Calls)
      if (const FunctionDecl *Callee = definition(Call->getDirectCallee()))
        if (Bodies.count(Callee))
          Callers[Callee].emplace_back(Call, F);
  readRegistrations();
  readPointerFields();
  find();
  if (!All.empty())
    readSlots();
}

bool Devres::inUnit(const Decl *D) const {
  const SourceManager &SM = Ctx.getSourceManager();
  return SM.isWrittenInMainFile(SM.getExpansionLoc(D->getLocation()));
}

const BodyFacts *Devres::facts(const FunctionDecl *F) const {
  auto It = Bodies.find(F);
  return It == Bodies.end() ? nullptr : &It->second;
}

const std::vector<std::pair<const CallExpr *, const FunctionDecl *>> &
Devres::callers(const FunctionDecl *F) const {
  static const std::vector<std::pair<const CallExpr *, const FunctionDecl *>>
      None;
  auto It = Callers.find(F);
  return It == Callers.end() ? None : It->second;
}

llvm::ArrayRef<SlotUse> Devres::slot(StringRef StructField) const {
  auto It = Slots.find(StructField);
  if (It == Slots.end())
    return {};
  return It->second;
}

void Devres::walk(const FunctionDecl *F) {
  BodyFacts &Facts = Bodies[F];
  Facts.Function = F;
  BodyReader(Facts).TraverseStmt(F->getBody());
}

void Devres::readSlots() {
  auto readList = [&](const InitListExpr *List, const FunctionDecl *In,
                      const VarDecl *Table) {
    const RecordDecl *R = List->getType()->getAsRecordDecl();
    if (!R || R->isUnion())
      return;
    unsigned I = 0;
    for (const FieldDecl *Field : R->fields()) {
      if (Field->isUnnamedBitField())
        continue;
      if (I >= List->getNumInits())
        break;
      const Expr *Init = List->getInit(I++);
      if (const FunctionDecl *Fn = namedFunction(Init))
        if (const FunctionDecl *Def = definition(Fn))
          Slots[fieldName(Field)].push_back(
              {Def, Init->getBeginLoc(), nullptr, In, Table});
    }
  };
  for (const Decl *D : Ctx.getTranslationUnitDecl()->decls())
    if (const auto *V = dyn_cast<VarDecl>(D))
      if (V->getInit() && inUnit(V)) {
        BodyFacts Table;
        BodyReader(Table).TraverseStmt(const_cast<Expr *>(V->getInit()));
        for (const InitListExpr *List : Table.Initializers)
          readList(List, nullptr, V->getCanonicalDecl());
      }
  for (auto &[F, Facts] : Bodies) {
    for (const InitListExpr *List : Facts.Initializers)
      readList(List, F, nullptr);
    for (const BinaryOperator *A : Facts.Assignments)
      if (const auto *M = dyn_cast<MemberExpr>(A->getLHS()->IgnoreParens()))
        if (const FunctionDecl *Def = definition(namedFunction(A->getRHS())))
          Slots[fieldName(M->getMemberDecl())].push_back(
              {Def, A->getOperatorLoc(), M->getBase(), F, nullptr});
  }
}

void Devres::readRegistrations() {
  // A device that the unit registers itself, and that it gives no bus, is
  // never bound. The argument is the same in all of these.
  static const llvm::StringMap<unsigned> Register = {
      {"device_initialize", 0}, {"device_register", 0}, {"device_add", 0},
      {"cdev_device_add", 1}};
  for (auto &[F, Facts] : Bodies)
    for (const CallExpr *Call : Facts.Calls) {
      auto It = Register.find(calleeName(Call));
      if (It == Register.end() || It->second >= Call->getNumArgs())
        continue;
      const Expr *Arg = bare(Call->getArg(It->second));
      for (unsigned I = 0; I != 4 && Arg; ++I) {
        Identity Id = target(Arg);
        if (!Id || !isDevice(Id->getType()))
          break;
        const auto *V = dyn_cast<VarDecl>(Id);
        if (!V || V->hasGlobalStorage() || isa<ParmVarDecl>(V)) {
          if (!isa<ParmVarDecl>(Id))
            Registered.insert(Id);
          break;
        }
        // A local pointer: to a member, or to an allocation of its own.
        const Expr *From = nullptr;
        if (V->hasInit())
          From = bare(V->getInit());
        for (const BinaryOperator *A : Facts.Assignments)
          if (target(A->getLHS()) == Id &&
              isa<DeclRefExpr>(A->getLHS()->IgnoreParens()))
            From = bare(A->getRHS());
        if (!From || !isa<MemberExpr>(From)) {
          Registered.insert(Id);
          break;
        }
        Arg = From;
      }
    }
  for (auto &[F, Facts] : Bodies)
    for (const BinaryOperator *A : Facts.Assignments) {
      const auto *M = dyn_cast<MemberExpr>(A->getLHS()->IgnoreParens());
      if (M && M->getType()->isRecordType() && isDevice(M->getType())) {
        Copies.insert(target(M));
        Registered.insert(target(M));
      }
    }
  if (Registered.empty())
    return;
  for (auto &[F, Facts] : Bodies)
    for (const BinaryOperator *A : Facts.Assignments) {
      const auto *M = dyn_cast<MemberExpr>(A->getLHS()->IgnoreParens());
      if (!M || fieldName(M->getMemberDecl()) != "device.bus")
        continue;
      Identity Id = target(M->getBase());
      if (const auto *V = dyn_cast_or_null<VarDecl>(Id))
        if (!V->hasGlobalStorage() && V->hasInit())
          if (Identity Of = target(V->getInit()))
            OnBus.insert(Of);
      if (Id)
        OnBus.insert(Id);
    }
}

bool Devres::busBound(Identity Id) const { return OnBus.contains(Id); }

void Devres::readPointerFields() {
  // Twice, so that a field assigned from a field is seen.
  llvm::DenseSet<Identity> Mixed;
  for (unsigned Pass = 0; Pass != 2; ++Pass)
    for (auto &[F, Facts] : Bodies)
      for (const BinaryOperator *A : Facts.Assignments) {
        const auto *M = dyn_cast<MemberExpr>(A->getLHS()->IgnoreParens());
        if (!M || !M->getType()->isPointerType() || !isDevice(M->getType()))
          continue;
        Identity Id = target(M);
        if (isConstant(A->getRHS(), Ctx) || Mixed.contains(Id) ||
            Rows.device(fieldName(Id)))
          continue;
        ClassDevice Device = resolve(A->getRHS(), F);
        if (creates(A->getRHS()))
          Device = {Id, nullptr};
        auto [It, New] = PointsTo.try_emplace(Id, Device);
        if (!New && It->second.Id != Device.Id) {
          if (Pass == 1 || It->second) {
            Mixed.insert(Id);
            PointsTo.erase(It);
          } else {
            It->second = Device;
          }
        }
      }
}

ClassDevice Devres::resolve(const Expr *E, const FunctionDecl *In,
                            unsigned Depth) const {
  if (!E || Depth == 0)
    return {};
  E = bare(E);
  if (const auto *M = dyn_cast_or_null<MemberExpr>(E)) {
    if (!isDevice(M->getType()))
      return {};
    Identity Id = target(M);
    if (const ClassDeviceRow *Row = Rows.device(fieldName(Id)))
      return {Id, Row};
    if (Registered.contains(Id) && !busBound(Id))
      return {Id, nullptr};
    auto It = PointsTo.find(Id);
    return It == PointsTo.end() ? ClassDevice() : It->second;
  }
  if (const auto *C = dyn_cast_or_null<ConditionalOperator>(E)) {
    ClassDevice A = resolve(C->getTrueExpr(), In, Depth - 1);
    ClassDevice B = resolve(C->getFalseExpr(), In, Depth - 1);
    return A.Id == B.Id ? A : ClassDevice();
  }
  if (const auto *Call = dyn_cast_or_null<CallExpr>(E)) {
    if (calleeName(Call) == "get_device" && Call->getNumArgs() == 1)
      return resolve(Call->getArg(0), In, Depth - 1);
    return {};
  }
  const auto *Ref = dyn_cast_or_null<DeclRefExpr>(E);
  const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  if (!V || !isDevice(V->getType()))
    return {};
  if (Registered.contains(V))
    return busBound(V) ? ClassDevice() : ClassDevice{V, nullptr};
  if (!V->getType()->isPointerType())
    return {};
  if (const auto *P = dyn_cast<ParmVarDecl>(V)) {
    const auto *Owner = dyn_cast<FunctionDecl>(P->getDeclContext());
    unsigned Index = P->getFunctionScopeIndex();
    for (const auto &[Call, Caller] : callers(definition(Owner)))
      if (Index < Call->getNumArgs())
        if (ClassDevice D = resolve(Call->getArg(Index), Caller, Depth - 1))
          return D;
    return {};
  }
  const BodyFacts *Facts = facts(In);
  if (!Facts)
    return {};
  // Every value the variable takes must be a class device.
  ClassDevice Found;
  auto take = [&](const Expr *From) {
    if (isConstant(From, Ctx))
      return true;
    ClassDevice D = creates(From) ? ClassDevice{V, nullptr}
                                  : resolve(From, In, Depth - 1);
    if (!D || (Found && Found.Id != D.Id))
      return false;
    Found = D;
    return true;
  };
  if (V->hasInit() && !take(V->getInit()))
    return {};
  for (const BinaryOperator *A : Facts->Assignments) {
    const auto *L = dyn_cast<DeclRefExpr>(A->getLHS()->IgnoreParens());
    if (L && L->getDecl() == V && !take(A->getRHS()))
      return {};
  }
  return Found;
}

void Devres::find() {
  for (auto &[F, Facts] : Bodies)
    for (const CallExpr *Call : Facts.Calls) {
      StringRef Name = calleeName(Call);
      const ManagedRow *Row = Rows.managed(Name);
      if (!Row && (!isManagedName(Name) || Call->getNumArgs() == 0 ||
                   !isDevice(Call->getArg(0)->getType())))
        continue;
      unsigned At = Row ? Row->Device : 0;
      if (At >= Call->getNumArgs())
        continue;
      Managed M;
      M.Call = Call;
      M.In = F;
      M.Row = Row;
      if (Row && !Row->DeviceField.empty()) {
        // The device is a member of what the argument points to.
        QualType T = Call->getArg(At)->getType();
        const RecordDecl *R =
            T->isPointerType() ? T->getPointeeType()->getAsRecordDecl() : nullptr;
        const ClassDeviceRow *D = Rows.device(Row->DeviceField);
        R = R ? R->getDefinition() : nullptr;
        if (!R || !D)
          continue;
        for (const FieldDecl *Field : R->fields())
          if (fieldName(Field) == Row->DeviceField)
            M.Device = {cast<ValueDecl>(Field->getCanonicalDecl()), D};
      } else {
        M.Device = resolve(Call->getArg(At), F);
        if (const auto *P =
                dyn_cast_or_null<ParmVarDecl>(target(Call->getArg(At))))
          for (const auto &[Site, Caller] : callers(F))
            if (P->getFunctionScopeIndex() < Site->getNumArgs() && !M.Via &&
                resolve(Site->getArg(P->getFunctionScopeIndex()), Caller).Id ==
                    M.Device.Id)
              M.Via = Site;
      }
      if (!M.Device)
        continue;
      QualType Result = Call->getType();
      if (Row)
        M.Kind = Row->Kind;
      else if (!Result->isPointerType())
        M.Kind = ManagedKind::Registration;
      if (M.Kind == ManagedKind::Memory && (!Row || Row->Resource < 0))
        follow(M, Call, F, 4);
      else if (Row && Row->Resource >= 0 &&
               unsigned(Row->Resource) < Call->getNumArgs()) {
        const Expr *Out = Call->getArg(Row->Resource);
        Identity Id = target(Out);
        const auto *V = dyn_cast_or_null<VarDecl>(Id);
        if (V && !V->hasGlobalStorage())
          followVariable(M, V, F, 4);
        else
          keep(M, Out, F, 4);
      }
      All.push_back(std::move(M));
    }
}

void Devres::follow(Managed &M, const Expr *E, const FunctionDecl *In,
                    unsigned Depth) const {
  if (Depth == 0)
    return;
  auto It = Bodies.find(In);
  if (It == Bodies.end())
    return;
  auto &Facts = const_cast<BodyFacts &>(It->second);
  if (!Facts.Parents)
    Facts.Parents = std::make_unique<ParentMap>(In->getBody());
  const Stmt *Child = E;
  for (const Stmt *S = Facts.Parents->getParent(E); S;
       Child = S, S = Facts.Parents->getParent(S)) {
    if (isa<CastExpr, ParenExpr, ConditionalOperator, StmtExpr>(S))
      continue;
    if (const auto *C = dyn_cast<CompoundStmt>(S)) {
      // The value of a statement expression is that of its last statement.
      if (C->body_empty() || C->body_back() != Child)
        return;
      continue;
    }
    if (const auto *U = dyn_cast<UnaryOperator>(S)) {
      // &p[i] keeps p.
      if (U->getOpcode() == UO_AddrOf && isa<ArraySubscriptExpr>(Child))
        continue;
      return;
    }
    if (const auto *A = dyn_cast<ArraySubscriptExpr>(S)) {
      if (A->getBase() != Child)
        return;
      continue;
    }
    if (const auto *B = dyn_cast<BinaryOperator>(S)) {
      if (B->isAdditiveOp())
        continue;
      if (B->getOpcode() != BO_Assign || B->getRHS() != Child ||
          !B->getRHS()->getType()->isPointerType())
        return;
      return keep(M, B->getLHS(), In, Depth);
    }
    if (isa<ReturnStmt>(S)) {
      for (const auto &[Call, Caller] : callers(In))
        follow(M, Call, Caller, Depth - 1);
      return;
    }
    if (const auto *D = dyn_cast<DeclStmt>(S)) {
      for (const Decl *Each : D->decls())
        if (const auto *V = dyn_cast<VarDecl>(Each))
          if (V->hasInit() && V->getInit() == Child)
            followVariable(M, V, In, Depth);
      return;
    }
    if (const auto *Call = dyn_cast<CallExpr>(S)) {
      for (unsigned I = 0; I != Call->getNumArgs(); ++I) {
        if (Call->getArg(I) != Child)
          continue;
        const FunctionDecl *Callee = definition(Call->getDirectCallee());
        if (Callee && Bodies.count(Callee) && I < Callee->getNumParams()) {
          followVariable(M, Callee->getParamDecl(I), Callee, Depth - 1);
          continue;
        }
        StringRef Name = calleeName(Call);
        if (Name.contains("drvdata") || Name.contains("clientdata") ||
            Name.contains("set_data")) {
          QualType T = cast<Expr>(Child)->IgnoreParenCasts()->getType();
          if (T->isPointerType() && T->getPointeeType()->getAsRecordDecl()) {
            M.Type = cast<RecordDecl>(
                T->getPointeeType()->getAsRecordDecl()->getCanonicalDecl());
            M.KeptAt = Call;
          }
        }
      }
      return;
    }
    return;
  }
}

void Devres::followVariable(Managed &M, const VarDecl *V,
                            const FunctionDecl *In, unsigned Depth) const {
  if (Depth == 0 || !V->getType()->isPointerType())
    return;
  if (!M.Locals.insert(V))
    return;
  const BodyFacts *Facts = facts(In);
  if (!Facts)
    return;
  auto It = Facts->References.find(V);
  if (It == Facts->References.end())
    return;
  for (const DeclRefExpr *Ref : It->second)
    follow(M, Ref, In, Depth);
}

void Devres::keep(Managed &M, const Expr *Target, const FunctionDecl *In,
                  unsigned Depth) const {
  const Expr *E = Target->IgnoreParens();
  Identity Id = target(E);
  if (!Id)
    return;
  const auto *V = dyn_cast<VarDecl>(Id);
  if (!V || V->hasGlobalStorage()) {
    M.Kept.insert(Id);
    if (!M.KeptAt)
      M.KeptAt = Target;
    return;
  }
  if (isa<DeclRefExpr>(E))
    return followVariable(M, V, In, Depth);
  keepBehind(M, V, In, Depth);
}

/// Keeps in what a local pointer stands for: `*out = p`, `array[i] = p`.
void Devres::keepBehind(Managed &M, const VarDecl *Pointer,
                        const FunctionDecl *In, unsigned Depth) const {
  if (Depth == 0)
    return;
  auto from = [&](const Expr *From, const FunctionDecl *Where) {
    const Expr *E = bare(From);
    const auto *Ref = dyn_cast_or_null<DeclRefExpr>(E);
    const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
    if (V && !V->hasGlobalStorage() && E == From->IgnoreParenCasts())
      keepBehind(M, V, Where, Depth - 1);
    else if (E && !isa<CallExpr>(E))
      keep(M, E, Where, Depth - 1);
  };
  if (const auto *P = dyn_cast<ParmVarDecl>(Pointer)) {
    for (const auto &[Call, Caller] : callers(In))
      if (P->getFunctionScopeIndex() < Call->getNumArgs())
        from(Call->getArg(P->getFunctionScopeIndex()), Caller);
    return;
  }
  const BodyFacts *Facts = facts(In);
  if (!Facts)
    return;
  if (Pointer->hasInit())
    from(Pointer->getInit(), In);
  for (const BinaryOperator *A : Facts->Assignments)
    if (isa<DeclRefExpr>(A->getLHS()->IgnoreParens()) &&
        target(A->getLHS()) == Pointer)
      from(A->getRHS(), In);
}
