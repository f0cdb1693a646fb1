// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Drains.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace strongfence;

Drains::Drains(const UnitModel &Model, ASTContext &Ctx)
    : Model(Model), Ctx(Ctx) {
  asyncs();
  attributes();
  files();
  opens();
}

void Drains::asyncs() {
  const Kernel &K = Model.K;
  auto add = [&](Identity Object, const Expr *Handler) {
    if (const FunctionDecl *F = definition(namedFunction(Handler)))
      if (Object)
        Asyncs[Object].push_back(F);
  };
  for (const CallSite &Site : Model.Unit.Calls) {
    const AsyncRow *Row = K.asyncs().start(calleeName(Site.Call));
    if (!Row)
      continue;
    // An interrupt is given back by its number, which comes first.
    unsigned Object = Row->Object >= 0 ? Row->Object : 0;
    for (unsigned Handler : Row->Handlers)
      if (Object < Site.Call->getNumArgs() && Handler < Site.Call->getNumArgs())
        add(identify(Site.Call->getArg(Object), K),
            Site.Call->getArg(Handler));
  }
  for (const FieldStore &Store : Model.Unit.Stores)
    if (Store.Target &&
        K.asyncs().start(
            (ownerName(Store.Field) + "." + Store.Field->getName()).str()))
      add(identify(Store.Target->getBase(), K), Store.Value);
}

/// The show and store functions behind \p Table: an attribute, a group, an
/// array of either.
void Drains::readers(const Expr *Table, Functions &Out, unsigned Depth) const {
  if (!Table || !Depth)
    return;
  Table = Table->IgnoreParenCasts();
  if (const auto *List = dyn_cast<InitListExpr>(Table)) {
    if (List->isSyntacticForm() && List->getSemanticForm())
      List = List->getSemanticForm();
    for (const Expr *Init : List->inits())
      readers(Init, Out, Depth);
    return;
  }
  if (const FunctionDecl *F = definition(namedFunction(Table))) {
    if (isDriverCode(F->getLocation(), Ctx.getSourceManager()))
      Out.push_back(F);
    return;
  }
  // &dev_attr_x.attr is about dev_attr_x.
  const Expr *E = Table;
  while (true) {
    E = E->IgnoreParenCasts();
    if (const auto *U = dyn_cast<UnaryOperator>(E))
      E = U->getSubExpr();
    else if (const auto *M = dyn_cast<MemberExpr>(E); M && !M->isArrow())
      E = M->getBase();
    else if (const auto *Sub = dyn_cast<ArraySubscriptExpr>(E))
      E = Sub->getBase();
    else
      break;
  }
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
    if (const auto *Var = dyn_cast<VarDecl>(Ref->getDecl()))
      if (Var->hasGlobalStorage() && Var->getInit())
        readers(Var->getInit(), Out, Depth - 1);
}

void Drains::attributes() {
  const Kernel &K = Model.K;
  // dev->class = &foo_class: the device has the attributes of the class.
  for (const FieldStore &Store : Model.Unit.Stores) {
    if (!Store.Target || ownerName(Store.Field) != "device" ||
        (Store.Field->getName() != "class" && Store.Field->getName() != "type"))
      continue;
    Identity Device = identify(Store.Target->getBase(), K);
    Identity Class = identify(Store.Value, K);
    for (const FieldStore &Groups : Model.Unit.Stores) {
      StringRef Name = Groups.Field->getName();
      const auto *Var = dyn_cast_or_null<VarDecl>(Class);
      if (Device && Var && Var->getInit() &&
          (Name == "dev_groups" || Name == "groups") &&
          Ctx.getSourceManager().isPointWithin(
              Groups.Value->getBeginLoc(), Var->getInit()->getBeginLoc(),
              Var->getInit()->getEndLoc()))
        readers(Groups.Value, Attributes[Device]);
    }
  }
  for (const CallSite &Site : Model.Unit.Calls) {
    const AttributeRow *Row = K.classDevices().attribute(calleeName(Site.Call));
    if (!Row || Row->Device >= Site.Call->getNumArgs())
      continue;
    if (Identity Device = identify(Site.Call->getArg(Row->Device), K))
      for (const Expr *Arg : Site.Call->arguments())
        if (Arg != Site.Call->getArg(Row->Device))
          readers(Arg, Attributes[Device]);
  }
}

const FunctionDecl *Drains::opened(const VarDecl *Table) const {
  const FunctionDecl *Open = nullptr;
  const Expr *Init = Table->getInit();
  if (const auto *List = dyn_cast_or_null<InitListExpr>(
          Init ? Init->IgnoreParenCasts() : nullptr))
    forEachInit(List, [&](const FieldDecl *F, const Expr *Value) {
      if (F->getIdentifier() &&
          (F->getName() == "open" || F->getName() == "proc_open"))
        Open = definition(namedFunction(Value));
    });
  return Open;
}

void Drains::files() {
  const Kernel &K = Model.K;
  auto result = [&](const CallExpr *Call) -> Identity {
    for (const CallResult &R : Model.Unit.Results)
      if (R.Call == Call && R.Target)
        return identify(R.Target, K);
    return nullptr;
  };
  for (const CallSite &Site : Model.Unit.Calls) {
    StringRef Name = calleeName(Site.Call);
    if (Name == "debugfs_create_dir" && Site.Call->getNumArgs() > 1) {
      Directories.push_back(
          {result(Site.Call), identify(Site.Call->getArg(1), K)});
      continue;
    }
    const RegistrationRow *Row = K.registrationCall(Name);
    if (!Row || Row->Kind != Registration::Drained ||
        Row->Argument >= Site.Call->getNumArgs() || Site.Call->getNumArgs() < 3)
      continue;
    const auto *Table = dyn_cast_or_null<VarDecl>(
        identify(Site.Call->getArg(Row->Argument), K));
    if (!Table)
      continue;
    File F{Table, identify(Site.Call->getArg(2), K), result(Site.Call), {}};
    for (const Door &D : Model.Doors)
      if (D.CoreFenced && D.Table->getCanonicalDecl() == Table)
        F.Readers.push_back(D.Function);
    // A seq_file: the table has the kernel's seq_read(), its open the function.
    const FunctionDecl *Open = opened(Table);
    for (const CallSite &Inner : Model.Unit.Calls)
      if (Open && Inner.In == Open && calleeName(Inner.Call) == "single_open" &&
          Inner.Call->getNumArgs() > 1)
        if (const FunctionDecl *Show =
                definition(namedFunction(Inner.Call->getArg(1))))
          F.Readers.push_back(Show);
    Files.push_back(std::move(F));
  }
}

void Drains::opens() {
  for (const Door &D : Model.Doors)
    if (D.RegisteredAs == "misc" || D.RegisteredAs == "usb")
      if (const FunctionDecl *Open = opened(D.Table))
        if (!llvm::is_contained(Opens, Open))
          Opens.push_back(Open);
}

bool Drains::removes(Identity What, const File &F) const {
  if (!What)
    return false;
  Identity In = F.Parent;
  for (unsigned Depth = 0; In && Depth != 4; ++Depth) {
    if (In == What)
      return true;
    Identity Next = nullptr;
    for (const auto &[Made, Parent] : Directories)
      if (Made == In)
        Next = Parent;
    In = Next;
  }
  return F.Result == What;
}

bool Drains::mayRemove(const Event &E, const VarDecl *Table) const {
  int I = Model.K.means(E.Callee->getName(), "drain");
  Identity What =
      I >= 0 && unsigned(I) < E.Args.size() ? E.Args[I] : nullptr;
  return llvm::any_of(Files, [&](const File &F) {
    return F.Table == Table->getCanonicalDecl() &&
           (!What || (!F.Parent && !F.Result) || removes(What, F));
  });
}

llvm::SmallVector<const FunctionDecl *, 4>
Drains::by(const Event &E) const {
  Functions Out;
  if (E.K != Event::Call || !E.Callee->getIdentifier())
    return Out;
  const Kernel &K = Model.K;
  StringRef Name = E.Callee->getName();
  auto argument = [&](int I) {
    return unsigned(I) < E.Args.size() ? E.Args[I] : nullptr;
  };
  if (int I = K.means(Name, "join"); I >= 0) {
    auto It = Asyncs.find(argument(I));
    if (argument(I) && It != Asyncs.end())
      Out.append(It->second.begin(), It->second.end());
  }
  if (int I = K.means(Name, "drain-attributes"); I >= 0) {
    const auto *Call = cast<CallExpr>(E.Site);
    if (Name.contains("remove")) {
      for (unsigned Each = 1; Each < Call->getNumArgs(); ++Each)
        readers(Call->getArg(Each), Out);
    } else {
      auto It = Attributes.find(argument(I));
      if (argument(I) && It != Attributes.end())
        Out.append(It->second.begin(), It->second.end());
    }
  }
  if (int I = K.means(Name, "drain"); I >= 0)
    for (const File &F : Files)
      if (removes(argument(I), F))
        Out.append(F.Readers.begin(), F.Readers.end());
  if (K.means(Name, "bar-open") >= 0)
    Out.append(Opens.begin(), Opens.end());
  return Out;
}
