// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Doors.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace strongfence;

namespace {

class Finder {
public:
  Finder(const Index &Unit, const Kernel &K, ASTContext &Ctx)
      : Unit(Unit), K(K), Ctx(Ctx) {}

  std::vector<Door> run() {
    std::vector<Door> Out;
    for (const VarDecl *V : Unit.Variables) {
      const TableRow *Row = K.table(structName(V->getType()));
      const auto *List =
          dyn_cast_or_null<InitListExpr>(V->getInit()->IgnoreParenCasts());
      if (!Row || !List || V->getType()->isPointerType())
        continue;
      const RegistrationRow *Reg = registration(V);
      forEachInit(List, [&](const FieldDecl *F, const Expr *Value) {
        const FunctionDecl *Function = namedFunction(Value);
        if (!Function || !F->getIdentifier() ||
            llvm::is_contained(Row->NotDoors, F->getName()))
          return;
        // generic_file_llseek and its like are the kernel's own.
        const FunctionDecl *Def = definition(Function);
        if (!Def ||
            !isDriverCode(Def->getLocation(), Ctx.getSourceManager()))
          return;
        Door D;
        D.Function = Def;
        D.Table = V;
        D.Slot = F->getName().str();
        if (Reg) {
          D.Kind = Reg->Kind;
          D.RegisteredAs = Reg->Name;
          D.CoreFenced = Reg->Kind == Registration::Drained &&
                         !llvm::is_contained(Row->Undrained, D.Slot);
        }
        Out.push_back(std::move(D));
      });
    }
    return Out;
  }

private:
  const Index &Unit;
  const Kernel &K;
  ASTContext &Ctx;

  static bool names(const Expr *E, const ValueDecl *V) {
    if (!E)
      return false;
    E = E->IgnoreParenCasts();
    if (const auto *U = dyn_cast<UnaryOperator>(E))
      E = U->getSubExpr()->IgnoreParenCasts();
    if (const auto *Sub = dyn_cast<ArraySubscriptExpr>(E))
      E = Sub->getBase()->IgnoreParenCasts();
    if (const auto *C = dyn_cast<ConditionalOperator>(E))
      return names(C->getTrueExpr(), V) || names(C->getFalseExpr(), V);
    const auto *Ref = dyn_cast<DeclRefExpr>(E);
    return Ref && Ref->getDecl()->getCanonicalDecl() == V->getCanonicalDecl();
  }

  /// The registration that leaves most open: a table may have several.
  static const RegistrationRow *worse(const RegistrationRow *A,
                                      const RegistrationRow *B) {
    if (!A || !B)
      return A ? A : B;
    return B->Kind == Registration::File ? B : A;
  }

  const RegistrationRow *registration(const ValueDecl *V, unsigned Depth = 2) {
    const RegistrationRow *Found = nullptr;
    for (const FieldStore &Store : Unit.Stores) {
      if (!names(Store.Value, V))
        continue;
      StringRef Owner = ownerName(Store.Field);
      if (const RegistrationRow *Row =
              K.registrationField(Owner, Store.Field->getName())) {
        Found = worse(Found, Row);
        continue;
      }
      // A table of tables: { "name", &foo_fops }, registered in a loop.
      if (Depth)
        Found = worse(Found, registration(Store.Field, Depth - 1));
    }
    for (const CallSite &Site : Unit.Calls) {
      StringRef Name = calleeName(Site.Call);
      const RegistrationRow *Row = K.registrationCall(Name);
      for (unsigned I = 0; I != Site.Call->getNumArgs(); ++I) {
        if (!passes(Site.Call->getArg(I), V))
          continue;
        if (Row && Row->Argument == I) {
          Found = worse(Found, Row);
        } else if (const FunctionDecl *Def =
                       Depth && !Row ? definition(Site.Call->getDirectCallee())
                                     : nullptr) {
          // A helper of the unit that registers what it is given.
          if (I < Def->getNumParams() &&
              isDriverCode(Def->getLocation(), Ctx.getSourceManager()))
            Found = worse(Found, registration(Def->getParamDecl(I), Depth - 1));
        } else if (!Row && isElsewhere(Site.Call->getDirectCallee())) {
          Found = worse(Found, &Elsewhere);
        }
      }
    }
    return Found;
  }

  /// Another file of the driver publishes it. A file of debugfs or proc is
  /// drained there as here, and its helper says so in its name.
  bool isElsewhere(const FunctionDecl *F) const {
    if (!F || !F->getIdentifier() ||
        !isDriverCode(F->getLocation(), Ctx.getSourceManager()))
      return false;
    StringRef Name = F->getName();
    return !Name.contains("debug") && !Name.contains("dbg") &&
           !Name.contains("proc");
  }
  const RegistrationRow Elsewhere = [] {
    RegistrationRow Row;
    Row.Name = "elsewhere";
    return Row;
  }();

  /// \p E is \p V, its address, or a member access to the field \p V.
  bool passes(const Expr *E, const ValueDecl *V) {
    if (const auto *F = dyn_cast<FieldDecl>(V)) {
      const auto *M = dyn_cast<MemberExpr>(E->IgnoreParenCasts());
      return M && M->getMemberDecl()->getCanonicalDecl() ==
                      F->getCanonicalDecl();
    }
    return names(E, V);
  }
};

} // namespace

std::vector<Door> strongfence::findDoors(const Index &Unit, const Kernel &K,
                                         ASTContext &Ctx) {
  return Finder(Unit, K, Ctx).run();
}
