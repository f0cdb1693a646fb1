// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Index.h"

using namespace clang;
using namespace strongfence;

void strongfence::forEachInit(
    const InitListExpr *List,
    llvm::function_ref<void(const FieldDecl *, const Expr *)> Do) {
  if (const InitListExpr *Semantic = List->getSemanticForm())
    List = Semantic;
  const RecordDecl *R = List->getType()->getAsRecordDecl();
  if (!R) {
    for (const Expr *Each : List->inits())
      if (const auto *Nested = dyn_cast_or_null<InitListExpr>(Each))
        forEachInit(Nested, Do);
    return;
  }
  auto one = [&](const FieldDecl *F, const Expr *E) {
    if (!E || isa<ImplicitValueInitExpr>(E))
      return;
    Do(F, E);
    if (const auto *Nested = dyn_cast<InitListExpr>(E->IgnoreParenCasts()))
      forEachInit(Nested, Do);
  };
  if (R->isUnion()) {
    if (const FieldDecl *F = List->getInitializedFieldInUnion())
      if (List->getNumInits())
        one(F, List->getInit(0));
    return;
  }
  unsigned I = 0;
  for (const FieldDecl *F : R->fields()) {
    if (F->isUnnamedBitField())
      continue;
    if (I >= List->getNumInits())
      break;
    one(F, List->getInit(I++));
  }
}

bool strongfence::isInitOrExit(const FunctionDecl *F) {
  for (const FunctionDecl *Each : F->redecls())
    if (const auto *Section = Each->getAttr<SectionAttr>())
      if (Section->getName().contains("init.text") ||
          Section->getName().contains("exit.text"))
        return true;
  return false;
}

namespace {

class Reader {
public:
  Reader(ASTContext &Ctx, Index &Out) : Ctx(Ctx), Out(Out) {}

  void unit() {
    const SourceManager &SM = Ctx.getSourceManager();
    for (const Decl *D : Ctx.getTranslationUnitDecl()->decls()) {
      // Attributes and empty declarations come with invalid locations.
      if (!isa<FunctionDecl, VarDecl>(D) ||
          !isDriverCode(D->getLocation(), SM))
        continue;
      if (const auto *F = dyn_cast<FunctionDecl>(D)) {
        if (!F->doesThisDeclarationHaveABody())
          continue;
        Out.Functions.push_back(F);
        In = F;
        walk(F->getBody());
        In = nullptr;
      } else if (const auto *V = dyn_cast<VarDecl>(D)) {
        if (const Expr *Init = V->getInit()) {
          Out.Variables.push_back(V);
          initialiser(Init);
          walk(Init);
        }
      }
    }
  }

private:
  ASTContext &Ctx;
  Index &Out;
  const FunctionDecl *In = nullptr;

  void initialiser(const Expr *Init) {
    const auto *List = dyn_cast<InitListExpr>(Init->IgnoreParenCasts());
    if (const auto *Literal =
            dyn_cast<CompoundLiteralExpr>(Init->IgnoreParenCasts()))
      List = dyn_cast<InitListExpr>(Literal->getInitializer());
    if (!List)
      return;
    forEachInit(List, [&](const FieldDecl *F, const Expr *Value) {
      Out.Stores.push_back({F, Value, In});
      if (const FunctionDecl *Named = namedFunction(Value))
        Out.InTables.insert(Named->getCanonicalDecl());
    });
  }

  static const CallExpr *callIn(const Expr *E) {
    while (E) {
      E = E->IgnoreParenCasts();
      if (const auto *Call = dyn_cast<CallExpr>(E))
        return Call;
      const auto *SE = dyn_cast<StmtExpr>(E);
      if (!SE || SE->getSubStmt()->body_empty())
        return nullptr;
      E = dyn_cast<Expr>(SE->getSubStmt()->body_back());
    }
    return nullptr;
  }

  void walk(const Stmt *S) {
    if (!S)
      return;
    if (const auto *Call = dyn_cast<CallExpr>(S)) {
      Out.Calls.push_back({Call, In});
      if (const FunctionDecl *F = Call->getDirectCallee())
        Out.Called.insert(F->getCanonicalDecl());
    } else if (const auto *B = dyn_cast<BinaryOperator>(S)) {
      if (B->getOpcode() == BO_Assign) {
        const Expr *Target = B->getLHS()->IgnoreParens();
        if (const auto *M = dyn_cast<MemberExpr>(Target))
          if (const auto *F = dyn_cast<FieldDecl>(M->getMemberDecl()))
            Out.Stores.push_back({F, B->getRHS(), In, M});
        if (const CallExpr *Call = callIn(B->getRHS()))
          Out.Results.push_back({Call, Target->getType(), Target, nullptr, In});
        initialiser(B->getRHS());
      }
    } else if (const auto *D = dyn_cast<DeclStmt>(S)) {
      for (const Decl *Each : D->decls())
        if (const auto *V = dyn_cast<VarDecl>(Each))
          if (const Expr *Init = V->getInit()) {
            initialiser(Init);
            if (const CallExpr *Call = callIn(Init))
              Out.Results.push_back({Call, V->getType(), nullptr, V, In});
          }
    }
    for (const Stmt *Child : S->children())
      walk(Child);
  }
};

} // namespace

Index Index::read(ASTContext &Ctx) {
  Index Out;
  Reader(Ctx, Out).unit();
  return Out;
}
