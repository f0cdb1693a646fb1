// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Opens.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace strongfence;

namespace {

bool isPrivateData(Identity Id) {
  return Id && Id->getIdentifier() && Id->getName() == "private_data" &&
         ownerName(Id) == "file";
}

/// Unknown code that is given the object and named as one that takes it.
bool mayTake(StringRef Name) {
  for (StringRef Word : {"get", "ref", "hold", "grab", "take", "acquire",
                         "open", "attach", "claim", "request"})
    if (Name.contains(Word))
      return true;
  return false;
}

/// The search of a class or a bus returns with a reference.
bool findsWithReference(StringRef Name, const Kernel &K) {
  return K.means(Name, "lookup") >= 0 &&
         (Name.contains("find_device") || Name.contains("find_child") ||
          Name.contains("_get") || Name.starts_with("kset_find"));
}

bool allocatesIn(const Open &O, const RecordDecl *R, const Expr *Value,
                 const FunctionDecl *In) {
  const VarDecl *V = variableOf(Value);
  if (!V)
    return false;
  for (const Expr *From : valuesOf(V, In)) {
    llvm::SmallVector<const Stmt *, 8> Work{From};
    while (!Work.empty()) {
      const Stmt *S = Work.pop_back_val();
      if (!S || isa<UnaryExprOrTypeTraitExpr>(S))
        continue;
      if (const auto *Call = dyn_cast<CallExpr>(S)) {
        StringRef Name = calleeName(Call);
        if (Name.contains("alloc") || Name.contains("create") ||
            Name.contains("_new") || Name.contains("init"))
          return true;
      }
      Work.append(S->child_begin(), S->child_end());
    }
  }
  return false;
}

} // namespace

const VarDecl *strongfence::variableOf(const Expr *E) {
  while (E) {
    E = E->IgnoreParenCasts();
    if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
      const auto *V = dyn_cast<VarDecl>(Ref->getDecl());
      return V && V->hasLocalStorage() ? V : nullptr;
    }
    if (const auto *U = dyn_cast<UnaryOperator>(E))
      E = U->getSubExpr();
    else if (const auto *M = dyn_cast<MemberExpr>(E))
      E = M->getBase();
    else
      return nullptr;
  }
  return nullptr;
}

llvm::SmallVector<const Expr *, 2>
strongfence::valuesOf(const VarDecl *V, const FunctionDecl *F) {
  llvm::SmallVector<const Expr *, 2> Out;
  if (V->getInit())
    Out.push_back(V->getInit());
  llvm::SmallVector<const Stmt *, 32> Work{F->getBody()};
  while (!Work.empty()) {
    const Stmt *S = Work.pop_back_val();
    if (!S)
      continue;
    if (const auto *B = dyn_cast<BinaryOperator>(S))
      if (B->getOpcode() == BO_Assign) {
        const auto *Ref =
            dyn_cast<DeclRefExpr>(B->getLHS()->IgnoreParenCasts());
        if (Ref && Ref->getDecl() == V)
          Out.push_back(B->getRHS());
      }
    Work.append(S->child_begin(), S->child_end());
  }
  return Out;
}

const Event *Open::reference(const RecordDecl *R, const Kernel &K) const {
  for (const Event &E : Told) {
    if (E.Unwinds)
      continue;
    if (E.K == Event::TryGet && concerns(E, R))
      return &E;
    if (E.K != Event::Call || !E.Callee->getIdentifier())
      continue;
    StringRef Name = E.Callee->getName();
    if (K.means(Name, "get") >= 0 && concerns(E, R))
      return &E;
  }
  return nullptr;
}

bool Open::takesAny(const Kernel &K) const {
  return llvm::any_of(Told, [&](const Event &E) {
    return E.K == Event::TryGet ||
           (E.K == Event::Call && E.Callee->getIdentifier() &&
            K.means(E.Callee->getName(), "get") >= 0);
  });
}

int Open::references(const RecordDecl *R, const Kernel &K) const {
  int Taken = 0, Found = 0;
  bool Keeps = embeds(R, "device") || embeds(R, "kobject");
  for (const Event &E : Told) {
    if (E.Unwinds)
      continue;
    if (E.K == Event::TryGet && concerns(E, R)) {
      ++Taken;
      continue;
    }
    if (E.K != Event::Call || !E.Callee->getIdentifier())
      continue;
    StringRef Name = E.Callee->getName();
    bool About = concerns(E, R);
    if (K.means(Name, "get") >= 0) {
      Taken += About;
    } else if (K.means(Name, "put") >= 0) {
      if (E.Conditional)
        continue;
      if (About)
        --Taken;
      else if (Found)
        --Found;
    } else if (findsWithReference(Name, K)) {
      Found += Keeps || About;
    } else if (mayTake(Name) && K.means(Name, "drvdata") < 0 &&
               llvm::any_of(cast<CallExpr>(E.Site)->arguments(),
                            [&](const Expr *Arg) { return isA(Arg, R); })) {
      ++Taken;
    }
  }
  return std::max(Taken, 0) + Found;
}

static void readKeeps(Open &O) {
  // The struct that private_data gets, then what is stored in it.
  llvm::SmallVector<const RecordDecl *, 2> PerFile;
  for (const Event &E : O.Told) {
    if (E.K != Event::Change || !isPrivateData(E.What) || E.Unwinds)
      continue;
    const Expr *Value = E.Value->IgnoreParenCasts();
    const RecordDecl *R = recordOf(Value->getType());
    if (!R || !Value->getType()->isPointerType())
      continue;
    Kept Keep{cast<FieldDecl>(E.What), R, E.Site, Value, E.In};
    Keep.Own = allocatesIn(O, R, Value, E.In);
    if (Keep.Own)
      PerFile.push_back(R);
    O.Keeps.push_back(Keep);
  }
  for (const Event &E : O.Told) {
    const auto *F = dyn_cast_or_null<FieldDecl>(E.What);
    if (E.K != Event::Change || !F || E.Unwinds ||
        !F->getType()->isPointerType() ||
        !llvm::is_contained(PerFile, F->getParent()))
      continue;
    const Expr *Value = E.Value->IgnoreParenCasts();
    const RecordDecl *R = recordOf(F->getType());
    if (!R)
      continue;
    Kept Keep{F, R, E.Site, Value, E.In};
    Keep.Own = allocatesIn(O, R, Value, E.In);
    O.Keeps.push_back(Keep);
  }
}

std::vector<Open> strongfence::findOpens(const Index &Unit,
                                         ArrayRef<Door> Doors, const Kernel &K,
                                         ASTContext &Ctx) {
  std::vector<Open> Out;
  for (const Door &D : Doors) {
    if (!D.Kind || structName(D.Table->getType()) != "file_operations" ||
        llvm::any_of(Out, [&](const Open &O) { return O.Table == D.Table; }))
      continue;
    Open O;
    O.Table = D.Table;
    O.Function = definition(slotOf(D.Table, "open"));
    if (O.Function &&
        !isDriverCode(O.Function->getLocation(), Ctx.getSourceManager()))
      O.Function = nullptr;
    O.Drained = *D.Kind == Registration::Drained;
    O.RegisteredAs = D.RegisteredAs;
    if (O.Function) {
      O.Told = tell(O.Function, K, Ctx);
      readKeeps(O);
    }
    Out.push_back(std::move(O));
  }
  return Out;
}
