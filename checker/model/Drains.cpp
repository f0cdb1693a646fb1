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
}

void Drains::asyncs() {
  const Kernel &K = Model.K;
  auto add = [&](Identity Object, const Expr *Handler) {
    if (const FunctionDecl *F = definition(namedFunction(Handler)))
      if (Object)
        Asyncs[Object].push_back(F);
  };
  for (const CallSite &Site : Model.Unit.Calls) {
    const AsyncRow *Row = K.classDevices().async(calleeName(Site.Call));
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
        K.classDevices().async(
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
  for (const FieldStore &Store : Model.Unit.Stores) {
    StringRef Owner = ownerName(Store.Field), Name = Store.Field->getName();
    if ((Owner == "class" && Name == "dev_groups") ||
        (Owner == "device_type" && Name == "groups"))
      readers(Store.Value, ClassAttributes);
  }
  for (const CallSite &Site : Model.Unit.Calls) {
    const AttributeRow *Row =
        Model.K.classDevices().attribute(calleeName(Site.Call));
    if (!Row || Row->Device >= Site.Call->getNumArgs())
      continue;
    if (Identity Device = identify(Site.Call->getArg(Row->Device), Model.K))
      for (const Expr *Arg : Site.Call->arguments())
        if (Arg != Site.Call->getArg(Row->Device))
          readers(Arg, Attributes[Device]);
  }
}

void Drains::files() {
  auto opened = [&](const VarDecl *Table) -> const FunctionDecl * {
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
  };
  // A seq_file: the table has the kernel's seq_read(), its open the function.
  for (const CallSite &Site : Model.Unit.Calls) {
    const RegistrationRow *Row =
        Model.K.registrationCall(calleeName(Site.Call));
    if (!Row || Row->Kind != Registration::Drained ||
        Row->Argument >= Site.Call->getNumArgs())
      continue;
    const auto *Table = dyn_cast_or_null<VarDecl>(
        identify(Site.Call->getArg(Row->Argument), Model.K));
    const FunctionDecl *Open = Table ? opened(Table) : nullptr;
    for (const CallSite &Inner : Model.Unit.Calls)
      if (Open && Inner.In == Open && calleeName(Inner.Call) == "single_open" &&
          Inner.Call->getNumArgs() > 1)
        if (const FunctionDecl *Show =
                definition(namedFunction(Inner.Call->getArg(1))))
          Files.push_back(Show);
  }
  for (const Door &D : Model.Doors) {
    if (D.CoreFenced && D.Function)
      Files.push_back(D.Function);
    if (D.RegisteredAs == "misc" || D.RegisteredAs == "usb")
      if (const FunctionDecl *Open = opened(D.Table))
        if (!llvm::is_contained(Opens, Open))
          Opens.push_back(Open);
  }
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
      Out.append(ClassAttributes.begin(), ClassAttributes.end());
      auto It = Attributes.find(argument(I));
      if (argument(I) && It != Attributes.end())
        Out.append(It->second.begin(), It->second.end());
    }
  }
  if (K.means(Name, "drain") >= 0)
    Out.append(Files.begin(), Files.end());
  if (K.means(Name, "bar-open") >= 0)
    Out.append(Opens.begin(), Opens.end());
  return Out;
}
