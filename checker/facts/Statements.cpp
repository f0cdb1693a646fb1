// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Printer's statements and expressions.

#include "facts/Printer.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/StringExtras.h"

using namespace clang;
using namespace strongfence;

namespace {

std::string text(const llvm::APSInt &Value) {
  llvm::SmallString<24> Digits;
  Value.toString(Digits, 10);
  std::string Out(Digits.str());
  bool Small = Value.isNegative() || Value.getActiveBits() < 31;
  if (Value.isUnsigned() && !Small)
    Out += "U";
  if (Value.getBitWidth() > 32 && !Small)
    Out += "L";
  return Value.isNegative() ? "(" + Out + ")" : Out;
}

/// A type that only its declaration can write.
bool isUnnamed(StringRef Type) { return Type.contains("(unnamed"); }

bool hasLabel(const Stmt *S) {
  if (!S)
    return false;
  if (isa<LabelStmt, SwitchCase>(S))
    return true;
  return llvm::any_of(S->children(), hasLabel);
}

} // namespace

/// Macros that only print, or copy, or ask lockdep.
static bool isNoiseMacro(StringRef Name) {
  for (StringRef Prefix : {"pr_", "lockdep_", "might_", "trace_", "BUILD_BUG"})
    if (Name.starts_with(Prefix))
      return true;
  for (StringRef Prefix : {"dev_", "netdev_", "netif_", "wiphy_", "drm_",
                           "DRM_", "ibdev_", "hid_", "sdev_", "v4l2_"})
    if (Name.starts_with(Prefix))
      for (StringRef Level : {"dbg", "err", "warn", "info", "notice", "crit",
                              "DEBUG", "ERROR"})
        if (Name.contains(Level))
          return true;
  return Name == "memcpy" || Name == "memset" || Name == "memmove" ||
         Name == "strscpy" || Name == "strlcpy" || Name == "strncpy" ||
         Name == "WARN" || Name == "WARN_ONCE" || Name == "printk";
}

/// Calls that only print, and what lockdep and tracing ask.
bool Printer::isNoise(const Expr *E) const {
  const auto *Call = dyn_cast<CallExpr>(E->IgnoreParenCasts());
  const FunctionDecl *F = Call ? Call->getDirectCallee() : nullptr;
  if (!F || !F->getIdentifier())
    return false;
  // __compiletime_assert_N() is declared where it is called.
  if (F->getLexicalDeclContext()->isFunctionOrMethod())
    return true;
  StringRef Name = F->getName();
  if (K.knows(Name) || isDriverCode(F->getLocation(), Ctx.getSourceManager()))
    return false;
  return F->isVariadic() || F->getBuiltinID() != 0 ||
         Name.starts_with("arch_static_branch") || Name.starts_with("trace_") || Name.starts_with("__might_") ||
         Name.starts_with("lockdep_") || Name.starts_with("kasan_") ||
         Name.starts_with("instrument_");
}

std::optional<bool> Printer::decided(const Expr *Condition) const {
  Expr::EvalResult Value;
  if (!Condition || !Condition->EvaluateAsInt(Value, Ctx) ||
      Value.HasSideEffects)
    return std::nullopt;
  return Value.Val.getInt() != 0;
}

/// Nothing of it matters to who reads the text.
bool Printer::isDropped(const Stmt *S) const {
  if (!S || isa<NullStmt, AsmStmt>(S))
    return true;
  const SourceManager &SM = Ctx.getSourceManager();
  // Inside a statement expression the parts of a macro make its value.
  if (!Inner && S->getBeginLoc().isMacroID() && S->getEndLoc().isMacroID() &&
      SM.getExpansionLoc(S->getBeginLoc()) ==
          SM.getExpansionLoc(S->getEndLoc()) &&
      isNoiseMacro(Lexer::getSourceText(
          CharSourceRange::getTokenRange(
              SM.getExpansionLoc(S->getBeginLoc())),
          SM, Ctx.getLangOpts())))
    return true;
  if (const auto *C = dyn_cast<CompoundStmt>(S))
    return llvm::all_of(C->body(), [&](const Stmt *Each) {
      const auto *D = dyn_cast<DeclStmt>(Each);
      return isDropped(Each) ||
             (D && llvm::all_of(D->decls(), [&](const Decl *One) {
                const auto *V = dyn_cast<VarDecl>(One);
                return !V || !V->getInit() || V->isStaticLocal() ||
                       isDropped(V->getInit());
              }));
    });
  if (const auto *D = dyn_cast<DoStmt>(S))
    return decided(D->getCond()) == false && isDropped(D->getBody());
  if (const auto *I = dyn_cast<IfStmt>(S)) {
    if (auto Taken = decided(I->getCond()); Taken && !hasLabel(S))
      return isDropped(*Taken ? I->getThen() : I->getElse());
    return isDropped(I->getThen()) && isDropped(I->getElse()) &&
           isDropped(I->getCond());
  }
  const auto *E = dyn_cast<Expr>(S);
  if (!E)
    return false;
  E = E->IgnoreParenCasts();
  if (const auto *SE = dyn_cast<StmtExpr>(E))
    return isDropped(SE->getSubStmt());
  if (isa<CallExpr>(E))
    return isNoise(E);
  if (const auto *U = dyn_cast<UnaryOperator>(E))
    return !U->isIncrementDecrementOp() && isDropped(U->getSubExpr());
  if (const auto *B = dyn_cast<BinaryOperator>(E))
    return !B->isAssignmentOp() && isDropped(B->getLHS()) &&
           isDropped(B->getRHS());
  if (const auto *C = dyn_cast<ConditionalOperator>(E))
    return isDropped(C->getCond()) && isDropped(C->getTrueExpr()) &&
           isDropped(C->getFalseExpr());
  return isa<DeclRefExpr, MemberExpr, IntegerLiteral, StringLiteral>(E);
}

void Printer::body(const Stmt *S) {
  Out += " {";
  if (const auto *C = dyn_cast_or_null<CompoundStmt>(S))
    for (const Stmt *Each : C->body())
      statement(Each);
  else
    statement(S);
  Out += "}";
}

void Printer::statement(const Stmt *S) {
  if (!S || isDropped(S))
    return;
  if (const auto *E = dyn_cast<Expr>(S)) {
    at(E->getBeginLoc());
    size_t From = Out.size();
    expression(E);
    // Parentheses keep operators apart, and there are none around it.
    if (isa<BinaryOperator>(E) && Out[From] == '(' && Out.back() == ')') {
      Out.pop_back();
      Out.erase(From, 1);
    }
    Out += ";";
  } else if (const auto *C = dyn_cast<CompoundStmt>(S)) {
    body(C);
  } else if (const auto *D = dyn_cast<DeclStmt>(S)) {
    declaration(D);
  } else if (const auto *A = dyn_cast<AttributedStmt>(S)) {
    statement(A->getSubStmt());
  } else if (const auto *L = dyn_cast<LabelStmt>(S)) {
    label(L);
    statement(L->getSubStmt());
  } else if (const auto *C = dyn_cast<CaseStmt>(S)) {
    Out += " case ";
    expression(C->getLHS());
    if (C->getRHS()) {
      Out += " ... ";
      expression(C->getRHS());
    }
    Out += ":;";
    statement(C->getSubStmt());
  } else if (const auto *Default = dyn_cast<DefaultStmt>(S)) {
    Out += " default:;";
    statement(Default->getSubStmt());
  } else if (const auto *R = dyn_cast<ReturnStmt>(S)) {
    at(R->getBeginLoc());
    Out += "return ";
    if (R->getRetValue())
      expression(R->getRetValue());
    Out += ";";
  } else if (const auto *G = dyn_cast<GotoStmt>(S)) {
    Out += " goto " + labelName(G->getLabel()) + ";";
  } else if (isa<BreakStmt>(S)) {
    Out += " break;";
  } else if (isa<ContinueStmt>(S)) {
    Out += " continue;";
  } else if (const auto *I = dyn_cast<IfStmt>(S)) {
    if (auto Taken = decided(I->getCond()); Taken && !hasLabel(S)) {
      if (const Stmt *Arm = *Taken ? I->getThen() : I->getElse())
        body(Arm);
      return;
    }
    at(I->getBeginLoc());
    Out += "if (";
    expression(I->getCond());
    Out += ")";
    body(I->getThen());
    if (I->getElse()) {
      Out += " else";
      body(I->getElse());
    }
  } else if (const auto *W = dyn_cast<WhileStmt>(S)) {
    at(W->getBeginLoc());
    Out += "while (";
    expression(W->getCond());
    Out += ")";
    body(W->getBody());
  } else if (const auto *D = dyn_cast<DoStmt>(S)) {
    Out += " do";
    body(D->getBody());
    Out += " while (";
    expression(D->getCond());
    Out += ");";
  } else if (const auto *F = dyn_cast<ForStmt>(S)) {
    at(F->getBeginLoc());
    Out += "for (";
    if (const auto *D = dyn_cast_or_null<DeclStmt>(F->getInit()))
      declaration(D);
    else if (const auto *E = dyn_cast_or_null<Expr>(F->getInit()))
      expression(E), Out += ";";
    else
      Out += ";";
    if (F->getCond())
      expression(F->getCond());
    Out += ";";
    if (F->getInc())
      expression(F->getInc());
    Out += ")";
    body(F->getBody());
  } else if (const auto *Sw = dyn_cast<SwitchStmt>(S)) {
    at(Sw->getBeginLoc());
    Out += "switch (";
    expression(Sw->getCond());
    Out += ")";
    body(Sw->getBody());
  }
}

std::string Printer::labelName(const LabelDecl *L) {
  std::string Name = L->getNameAsString();
  if (L->isGnuLocal())
    Name += "_" + std::to_string(
                      Locals.try_emplace(L, Locals.size()).first->second);
  return Name;
}

void Printer::label(const LabelStmt *L) {
  Out += " " + labelName(L->getDecl()) + ":;";
}

std::string Printer::attributes(const VarDecl *V) {
  const auto *Cleanup = V->getAttr<CleanupAttr>();
  if (!Cleanup)
    return {};
  Seen.Functions.insert(Cleanup->getFunctionDecl()->getCanonicalDecl());
  return " __attribute__((cleanup(" + name(Cleanup->getFunctionDecl()) + ")))";
}

void Printer::local(const VarDecl *V) {
  QualType T = V->getType().getCanonicalType();
  if (T->isVariablyModifiedType())
    T = Ctx.getPointerType(Ctx.getBaseElementType(T));
  else
    complete(T);
  if (V->isStaticLocal())
    Out += "static ";
  std::string Text = type(T.getLocalUnqualifiedType(), V->getNameAsString());
  if (isUnnamed(Text) && V->getInit() && T->isPointerType())
    Text = "__auto_type " + V->getNameAsString();
  else if (isUnnamed(Text))
    Text = declared(T.getUnqualifiedType(), V->getNameAsString(), true);
  Out += Text + attributes(V);
  if (const Expr *Init = V->getInit(); Init && !V->isStaticLocal()) {
    Out += " = ";
    expression(Init);
  }
  Out += ";";
}

void Printer::declaration(const DeclStmt *D) {
  for (const Decl *Each : D->decls())
    if (const auto *V = dyn_cast<VarDecl>(Each); V && !V->hasExternalStorage()) {
      at(V->getLocation());
      local(V);
    }
}

bool Printer::folded(const Expr *E) {
  if (!E->getType()->isIntegralOrEnumerationType() ||
      isa<DeclRefExpr>(E->IgnoreParenImpCasts()))
    return false;
  Expr::EvalResult Value;
  if (!E->EvaluateAsInt(Value, Ctx) || Value.HasSideEffects)
    return false;
  Out += text(Value.Val.getInt());
  return true;
}

void Printer::list(const InitListExpr *List) {
  if (const InitListExpr *Semantic = List->getSemanticForm())
    List = Semantic;
  Out += "{";
  listMembers(List, true);
  Out += "}";
}

/// Members in the form `.f = x`; those of an unnamed struct among them.
bool Printer::listMembers(const InitListExpr *List, bool First) {
  if (const InitListExpr *Semantic = List->getSemanticForm())
    List = Semantic;
  const RecordDecl *R = List->getType()->getAsRecordDecl();
  auto one = [&](const FieldDecl *F, const Expr *E) {
    if (!E || isa<ImplicitValueInitExpr>(E))
      return;
    if (F && !F->getIdentifier()) {
      Seen.Records[cast<RecordDecl>(F->getParent())].insert(F);
      if (const auto *Inner = dyn_cast<InitListExpr>(E))
        First = listMembers(Inner, First);
      return;
    }
    Out += First ? "" : ", ";
    First = false;
    if (F) {
      Seen.Records[cast<RecordDecl>(F->getParent())].insert(F);
      Out += "." + F->getNameAsString() + " = ";
    }
    expression(E);
  };
  if (!R) {
    for (const Expr *E : List->inits()) {
      if (isa<ImplicitValueInitExpr>(E)) {
        Out += First ? "0" : ", 0";
        First = false;
      } else {
        one(nullptr, E);
      }
    }
    return First;
  }
  if (R->isUnion()) {
    if (const FieldDecl *F = List->getInitializedFieldInUnion())
      if (List->getNumInits())
        one(F, List->getInit(0));
    return First;
  }
  unsigned I = 0;
  for (const FieldDecl *F : R->fields()) {
    if (F->isUnnamedBitField())
      continue;
    if (I >= List->getNumInits())
      break;
    one(F, List->getInit(I++));
  }
  return First;
}

/// \p E before an operator that stands behind it.
void Printer::operand(const Expr *E) {
  const Expr *Bare = E->IgnoreParenImpCasts();
  bool Plain = isa<DeclRefExpr, MemberExpr, ArraySubscriptExpr>(Bare);
  Out += Plain ? "" : "(";
  expression(E);
  Out += Plain ? "" : ")";
}

void Printer::expression(const Expr *E) {
  while (isa<ImplicitCastExpr, ConstantExpr, OpaqueValueExpr, ParenExpr>(E)) {
    if (const auto *C = dyn_cast<ImplicitCastExpr>(E))
      E = C->getSubExpr();
    else if (const auto *C = dyn_cast<ConstantExpr>(E))
      E = C->getSubExpr();
    else if (const auto *P = dyn_cast<ParenExpr>(E))
      E = P->getSubExpr();
    else if (const Expr *Source = cast<OpaqueValueExpr>(E)->getSourceExpr())
      E = Source;
    else
      break;
  }
  if (folded(E))
    return;
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    const ValueDecl *D = Ref->getDecl();
    if (const auto *F = dyn_cast<FunctionDecl>(D))
      Seen.Functions.insert(F->getCanonicalDecl());
    else if (const auto *C = dyn_cast<EnumConstantDecl>(D))
      Seen.Enumerators.insert(C);
    else if (const auto *V = dyn_cast<VarDecl>(D);
             V && V->isFileVarDecl())
      Seen.Variables.insert(V->getCanonicalDecl());
    else if (V && V->hasExternalStorage())
      Seen.Variables.insert(V);
    Out += name(D);
  } else if (const auto *M = dyn_cast<MemberExpr>(E)) {
    const auto *F = cast<FieldDecl>(M->getMemberDecl());
    Seen.Records[cast<RecordDecl>(F->getParent())].insert(F);
    if (!F->getIdentifier()) // an unnamed struct or union
      return expression(M->getBase());
    const Expr *Base = M->getBase()->IgnoreParenImpCasts();
    bool Arrow = M->isArrow();
    // The unnamed members on the way are not written.
    while (const auto *Inner = dyn_cast<MemberExpr>(Base)) {
      const auto *Field = cast<FieldDecl>(Inner->getMemberDecl());
      if (Field->getIdentifier())
        break;
      Seen.Records[cast<RecordDecl>(Field->getParent())].insert(Field);
      Arrow = Inner->isArrow();
      Base = Inner->getBase()->IgnoreParenImpCasts();
    }
    operand(Base);
    Out += (Arrow ? "->" : ".") + F->getNameAsString();
  } else if (const auto *U = dyn_cast<UnaryOperator>(E)) {
    if (U->getOpcode() == UO_Extension)
      return expression(U->getSubExpr());
    if (U->isIncrementDecrementOp() || U->getOpcode() == UO_Deref)
      complete(U->getSubExpr()->getType()->getPointeeType());
    if (U->isPostfix()) {
      operand(U->getSubExpr());
      Out += UnaryOperator::getOpcodeStr(U->getOpcode());
      return;
    }
    Out += UnaryOperator::getOpcodeStr(U->getOpcode());
    if (isa<UnaryOperator>(U->getSubExpr()->IgnoreParenImpCasts()))
      Out += " "; // - -x
    expression(U->getSubExpr());
  } else if (const auto *B = dyn_cast<BinaryOperator>(E)) {
    for (const Expr *Side : {B->getLHS(), B->getRHS()})
      if (B->isAdditiveOp() || B->isAssignmentOp())
        complete(Side->getType()->getPointeeType());
    Out += "(";
    expression(B->getLHS());
    Out += " " + B->getOpcodeStr().str() + " ";
    expression(B->getRHS());
    Out += ")";
  } else if (E->getType()->isPointerType() &&
             E->isNullPointerConstant(const_cast<ASTContext &>(Ctx),
                                      Expr::NPC_ValueDependentIsNotNull)) {
    Out += "0";
  } else if (const auto *Cast = dyn_cast<CStyleCastExpr>(E)) {
    std::string To = type(Cast->getType(), "");
    if (isUnnamed(To)) {
      QualType Pointee = Cast->getType()->getPointeeType();
      if (Pointee.isNull())
        return expression(Cast->getSubExpr());
      To = declared(Pointee, "*");
    }
    Out += "((" + To + ")";
    expression(Cast->getSubExpr());
    Out += ")";
  } else if (const auto *Call = dyn_cast<CallExpr>(E)) {
    bool Direct = Call->getDirectCallee() != nullptr;
    Out += Direct ? "" : "(";
    expression(Call->getCallee());
    Out += Direct ? "(" : ")(";
    for (unsigned I = 0; I != Call->getNumArgs(); ++I) {
      Out += I ? ", " : "";
      complete(Call->getArg(I)->getType());
      expression(Call->getArg(I));
    }
    Out += ")";
    complete(Call->getType());
  } else if (const auto *Sub = dyn_cast<ArraySubscriptExpr>(E)) {
    complete(Sub->getType());
    operand(Sub->getBase());
    Out += "[";
    expression(Sub->getIdx());
    Out += "]";
  } else if (const auto *C = dyn_cast<ConditionalOperator>(E)) {
    Out += "(";
    expression(C->getCond());
    Out += " ? ";
    expression(C->getTrueExpr());
    Out += " : ";
    expression(C->getFalseExpr());
    Out += ")";
  } else if (const auto *C = dyn_cast<BinaryConditionalOperator>(E)) {
    Out += "(";
    expression(C->getCommon());
    Out += " ?: ";
    expression(C->getFalseExpr());
    Out += ")";
  } else if (const auto *SE = dyn_cast<StmtExpr>(E)) {
    const CompoundStmt *Body = SE->getSubStmt();
    ++Inner;
    Out += "({ ";
    for (const Stmt *Each : Body->body()) {
      bool Last = Each == Body->body_back();
      while (const auto *L = Last ? dyn_cast<LabelStmt>(Each) : nullptr) {
        label(L);
        Each = L->getSubStmt();
      }
      if (const auto *Value = dyn_cast<Expr>(Each); Value && Last) {
        expression(Value);
        Out += "; ";
      } else {
        statement(Each);
      }
    }
    --Inner;
    Out += "})";
  } else if (const auto *L = dyn_cast<InitListExpr>(E)) {
    list(L);
  } else if (const auto *L = dyn_cast<CompoundLiteralExpr>(E)) {
    complete(L->getType());
    Out += "(" + type(L->getType(), "") + ")";
    expression(L->getInitializer());
  } else if (const auto *G = dyn_cast<GenericSelectionExpr>(E)) {
    expression(G->getResultExpr());
  } else if (const auto *Choice = dyn_cast<ChooseExpr>(E)) {
    expression(Choice->getChosenSubExpr());
  } else if (isa<StringLiteral, PredefinedExpr>(E)) {
    Out += "\"\"";
  } else {
    // Addresses of labels, variable arguments, floating point: unknown.
    Out += "0";
  }
}
