// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Commands.h"
#include "clang/AST/ParentMap.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace strongfence;

Commands::Commands(const Door &D, ASTContext &Ctx) : Ctx(&Ctx) {
  // long (*unlocked_ioctl)(struct file *, unsigned int, unsigned long)
  if (StringRef(D.Slot).contains("ioctl") && D.Function->getNumParams() > 1)
    read(D.Function, D.Function->getParamDecl(1), 4);
}

void Commands::read(const FunctionDecl *F, const ParmVarDecl *Command,
                    unsigned Depth) {
  if (!F->hasBody() || !Seen.insert(F).second)
    return;
  Holders.insert(Command);
  walk(F->getBody(), Depth);
}

bool Commands::mentions(const Stmt *S) const {
  if (!S)
    return false;
  if (const auto *Ref = dyn_cast<DeclRefExpr>(S))
    return Holders.contains(Ref->getDecl());
  return llvm::any_of(S->children(),
                      [&](const Stmt *Child) { return mentions(Child); });
}

unsigned Commands::command(std::string Name, SourceLocation Loc) {
  for (unsigned I = 0; I != All.size(); ++I)
    if (All[I].Name == Name)
      return I;
  All.push_back({std::move(Name), Loc});
  return All.size() - 1;
}

std::string Commands::written(const Expr *E) const {
  const SourceManager &SM = Ctx->getSourceManager();
  CharSourceRange Range = SM.getExpansionRange(E->getSourceRange());
  std::string Out;
  for (char C : Lexer::getSourceText(Range, SM, Ctx->getLangOpts()))
    if (!isspace(static_cast<unsigned char>(C)))
      Out += C;
    else if (!Out.empty() && Out.back() != ' ')
      Out += ' ';
  return Out;
}

/// Whether control does not come to what follows \p S.
static bool leaves(const Stmt *S) {
  if (const auto *Block = dyn_cast_or_null<CompoundStmt>(S))
    return !Block->body_empty() && leaves(Block->body_back());
  return S && isa<BreakStmt, ReturnStmt, GotoStmt, ContinueStmt>(S);
}

void Commands::cases(const SwitchStmt *S) {
  const auto *Body = dyn_cast<CompoundStmt>(S->getBody());
  if (!Body)
    return;
  llvm::SmallVector<unsigned, 4> Now;
  bool Left = true;
  for (const Stmt *Each : Body->body()) {
    if (isa<SwitchCase>(Each) && Left)
      Now.clear();
    while (const auto *Label = dyn_cast<SwitchCase>(Each)) {
      const auto *Case = dyn_cast<CaseStmt>(Label);
      unsigned I = command(Case ? written(Case->getLHS()) : "default",
                           Label->getKeywordLoc());
      if (!llvm::is_contained(Now, I))
        Now.push_back(I);
      Each = Label->getSubStmt();
    }
    Serves[Each] = Now;
    Left = leaves(Each);
  }
}

void Commands::walk(const Stmt *S, unsigned Depth) {
  if (!S)
    return;
  if (const auto *D = dyn_cast<DeclStmt>(S)) {
    for (const Decl *Each : D->decls())
      if (const auto *V = dyn_cast<VarDecl>(Each))
        if (V->getType()->isIntegerType() && mentions(V->getInit()))
          Holders.insert(V);
  } else if (const auto *Switch = dyn_cast<SwitchStmt>(S)) {
    if (mentions(Switch->getCond()))
      cases(Switch);
  } else if (const auto *If = dyn_cast<IfStmt>(S)) {
    const auto *B = dyn_cast<BinaryOperator>(If->getCond()->IgnoreParenCasts());
    if (B && B->getOpcode() == BO_EQ && mentions(B->getLHS()) &&
        B->getRHS()->isIntegerConstantExpr(*Ctx))
      Serves[If->getThen()] = {
          command(written(B->getRHS()), B->getRHS()->getBeginLoc())};
  } else if (const auto *Call = dyn_cast<CallExpr>(S)) {
    const FunctionDecl *F = definition(Call->getDirectCallee());
    if (F && Depth &&
        isDriverCode(F->getLocation(), Ctx->getSourceManager()))
      for (unsigned I = 0, N = std::min<unsigned>(Call->getNumArgs(),
                                                  F->getNumParams());
           I != N; ++I)
        if (const auto *Ref = dyn_cast<DeclRefExpr>(
                Call->getArg(I)->IgnoreParenImpCasts()))
          if (Holders.contains(Ref->getDecl()))
            read(F, F->getParamDecl(I), Depth - 1);
  }
  for (const Stmt *Child : S->children())
    walk(Child, Depth);
}

llvm::SmallVector<unsigned, 4>
Commands::at(const Stmt *S, const LocationContext *LC) const {
  if (Serves.empty())
    return {};
  for (const StackFrameContext *Frame = LC->getStackFrame(); Frame;
       Frame = Frame->getParent() ? Frame->getParent()->getStackFrame()
                                  : nullptr) {
    const ParentMap &Parents = Frame->getParentMap();
    for (; S; S = Parents.getParent(S)) {
      auto It = Serves.find(S);
      if (It != Serves.end())
        return It->second;
    }
    S = Frame->getCallSite();
  }
  return {};
}
