// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/FileUses.h"
#include "llvm/ADT/STLExtras.h"
#include <utility>

using namespace clang;
using namespace strongfence;

namespace {

constexpr unsigned MaxDepth = 6;
constexpr unsigned MaxSteps = 60000;

class Walker {
public:
  Walker(const Open &O, const Kernel &K, ASTContext &Ctx)
      : O(O), K(K), Ctx(Ctx) {}

  std::vector<FileUse> run(const FunctionDecl *F) {
    function(F);
    return std::move(Out);
  }

private:
  const Open &O;
  const Kernel &K;
  ASTContext &Ctx;
  std::vector<FileUse> Out;
  llvm::DenseSet<const RecordDecl *> Seen;
  /// Local variables that point to what the file keeps, or into it.
  llvm::DenseSet<const VarDecl *> Kept;
  llvm::SmallVector<const FunctionDecl *, 8> Stack;
  unsigned Steps = 0;
  bool Returned = false; ///< the function on top returns such a pointer

  void function(const FunctionDecl *F) {
    Stack.push_back(F);
    Returned = false;
    walk(F->getBody());
    Stack.pop_back();
  }

  /// Where the VFS and what stands on it keep the pointer.
  static bool isSource(const FieldDecl *F) {
    StringRef Owner = ownerName(F), Name = F->getName();
    return (Owner == "file" && Name == "private_data") ||
           (Owner == "inode" && (Name == "i_private" || Name == "i_cdev")) ||
           (Owner == "seq_file" && Name == "private");
  }

  bool isKept(const FieldDecl *F) const {
    return llvm::any_of(O.Keeps, [&](const strongfence::Kept &Each) {
      return Each.Through == F && !Each.Own;
    });
  }

  /// Evaluates \p E in order, and says whether it points to what the file
  /// keeps, or into it.
  bool value(const Expr *E) {
    if (!E || ++Steps > MaxSteps)
      return false;
    E = E->IgnoreParenCasts();
    if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
      const auto *V = dyn_cast<VarDecl>(Ref->getDecl());
      return V && Kept.contains(V);
    }
    if (const auto *M = dyn_cast<MemberExpr>(E))
      return member(M);
    if (const auto *U = dyn_cast<UnaryOperator>(E)) {
      bool Inner = value(U->getSubExpr());
      return Inner && (U->getOpcode() == UO_AddrOf ||
                       U->getOpcode() == UO_Deref ||
                       U->getOpcode() == UO_Extension);
    }
    if (const auto *B = dyn_cast<BinaryOperator>(E))
      return binary(B);
    if (const auto *C = dyn_cast<ConditionalOperator>(E)) {
      value(C->getCond());
      bool Then = value(C->getTrueExpr());
      return value(C->getFalseExpr()) || Then;
    }
    if (const auto *SE = dyn_cast<StmtExpr>(E)) {
      const CompoundStmt *Body = SE->getSubStmt();
      bool Last = false;
      for (const Stmt *Child : Body->body()) {
        const auto *Each = dyn_cast<Expr>(Child);
        Last = Each && value(Each);
        if (!Each)
          walk(Child);
      }
      return Last;
    }
    if (const auto *G = dyn_cast<GenericSelectionExpr>(E))
      return !G->isResultDependent() && value(G->getResultExpr());
    if (const auto *Call = dyn_cast<CallExpr>(E))
      return call(Call);
    if (const auto *Sub = dyn_cast<ArraySubscriptExpr>(E)) {
      value(Sub->getIdx());
      return value(Sub->getBase()) && !Sub->getType()->isPointerType();
    }
    if (isa<UnaryExprOrTypeTraitExpr, OffsetOfExpr>(E))
      return false;
    for (const Stmt *Child : E->children())
      walk(Child);
    return false;
  }

  bool member(const MemberExpr *M) {
    const auto *F = dyn_cast<FieldDecl>(M->getMemberDecl());
    if (!F)
      return false;
    bool Base = value(M->getBase());
    if (F->getIdentifier() && isSource(F))
      return true;
    if (!Base)
      return false;
    if (M->isArrow())
      use(recordOf(M->getBase()->getType()), F, M);
    // What lies in the object is the object; what it points to is another.
    if (F->getType()->isPointerType())
      return isKept(F);
    return true;
  }

  void use(const RecordDecl *R, const FieldDecl *F, const Expr *Site) {
    if (R && Seen.insert(R).second)
      Out.push_back({R, F, Site, Stack.back()});
  }

  bool binary(const BinaryOperator *B) {
    bool Left = value(B->getLHS());
    bool Right = value(B->getRHS());
    if (B->isAssignmentOp()) {
      const auto *Ref = dyn_cast<DeclRefExpr>(B->getLHS()->IgnoreParens());
      const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
      if (V && V->getType()->isPointerType() && B->getOpcode() == BO_Assign) {
        if (Right)
          Kept.insert(V);
        else
          Kept.erase(V);
      }
      return Right;
    }
    if (B->getOpcode() == BO_Comma)
      return Right;
    if (B->isAdditiveOp() && B->getType()->isPointerType())
      return B->getLHS()->getType()->isPointerType() ? Left : Right;
    return false;
  }

  bool call(const CallExpr *Call) {
    llvm::SmallVector<bool, 4> Args;
    for (const Expr *Arg : Call->arguments())
      Args.push_back(value(Arg));
    const FunctionDecl *F = Call->getDirectCallee();
    int Same = K.means(calleeName(Call), "transparent");
    if (Same >= 0 && unsigned(Same) < Args.size())
      return Args[Same];
    const FunctionDecl *Def = definition(F);
    if (!Def || Stack.size() >= MaxDepth || llvm::is_contained(Stack, Def) ||
        !isDriverCode(Def->getLocation(), Ctx.getSourceManager()))
      return false;
    for (unsigned I = 0; I < Def->getNumParams() && I < Args.size(); ++I) {
      if (Args[I])
        Kept.insert(Def->getParamDecl(I));
      else
        Kept.erase(Def->getParamDecl(I));
    }
    bool Outer = Returned;
    function(Def);
    return std::exchange(Returned, Outer) && Call->getType()->isPointerType();
  }

  void walk(const Stmt *S) {
    if (!S || ++Steps > MaxSteps)
      return;
    if (const auto *E = dyn_cast<Expr>(S)) {
      value(E);
      return;
    }
    if (const auto *D = dyn_cast<DeclStmt>(S)) {
      for (const Decl *Each : D->decls()) {
        const auto *V = dyn_cast<VarDecl>(Each);
        if (V && V->getInit() && value(V->getInit()) &&
            V->getType()->isPointerType())
          Kept.insert(V);
      }
      return;
    }
    if (const auto *R = dyn_cast<ReturnStmt>(S)) {
      Returned |= value(R->getRetValue());
      return;
    }
    for (const Stmt *Child : S->children())
      walk(Child);
  }
};

} // namespace

std::vector<FileUse> strongfence::fileUses(const Door &D, const Open &O,
                                           const Kernel &K, ASTContext &Ctx) {
  return Walker(O, K, Ctx).run(D.Function);
}
