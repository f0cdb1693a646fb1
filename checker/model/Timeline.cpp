// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Timeline.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace strongfence;

namespace {

const Expr *argument(const Event &E, int I) {
  const auto *Call = dyn_cast_or_null<CallExpr>(E.Site);
  return Call && I >= 0 && unsigned(I) < Call->getNumArgs() ? Call->getArg(I)
                                                            : nullptr;
}

Identity identityOf(const Event &E, int I) {
  return I >= 0 && unsigned(I) < E.Args.size() ? E.Args[I] : nullptr;
}

/// The tag of the struct that \p E points to, without its casts.
StringRef pointeeStruct(const Expr *E) {
  QualType T = E ? E->IgnoreParenCasts()->getType() : QualType();
  return !T.isNull() && T->isPointerType() ? structName(T) : StringRef();
}

} // namespace

Timelines::Timelines(const UnitModel &Model, ASTContext &Ctx)
    : Model(Model), Ctx(Ctx) {
  readSlots();
  readData();
  llvm::DenseSet<const FunctionDecl *> Done;
  auto begin = [&](const Birth &B, const Teardown *T) {
    Timeline Line;
    Line.Root = T ? T->Root : B.Root;
    Line.Remove = T;
    Line.Begins = &B;
    if (T)
      addStory(Line, T->Told, nullptr);
    addDevres(Line);
    Done.insert(Line.Root);
    All.push_back(std::move(Line));
  };
  for (const Birth &B : Model.Births)
    if (B.Slots && !isInitOrExit(B.Root))
      begin(B, B.Undone);
  for (const Teardown &T : Model.Teardowns)
    if (T.K != Teardown::DevmAction && Done.insert(T.Root).second) {
      Timeline Line;
      Line.Root = T.Root;
      Line.Remove = &T;
      addStory(Line, T.Told, nullptr);
      All.push_back(std::move(Line));
    }
}

void Timelines::readSlots() {
  for (const FieldStore &Store : Model.Unit.Stores) {
    const FunctionDecl *Def = definition(namedFunction(Store.Value));
    StringRef Owner = Def ? ownerName(Store.Field) : StringRef();
    if (Owner.empty() || !Store.Field->getIdentifier())
      continue;
    auto &Of = Slots[(Owner + "." + Store.Field->getName()).str()];
    if (!llvm::is_contained(Of, Def))
      Of.push_back(Def);
  }
}

void Timelines::readData() {
  for (const auto &Entry : Model.Life.Containers)
    Data.insert(Entry.getKey());
  auto note = [&](const CallExpr *Call, QualType Type) {
    StringRef Name = calleeName(Call), Struct = structName(Type);
    if (Name.empty() || Struct.empty())
      return;
    if (Model.K.asyncs().privateData(Name)) {
      auto &Of = Privates[Name];
      if (!llvm::is_contained(Of, Struct))
        Of.push_back(Struct);
      Data.insert(Struct);
    } else if (Model.K.means(Name, "drvdata") >= 0 &&
               Model.Life.Structs.count(Struct)) {
      Data.insert(Struct);
    }
  };
  for (const CallResult &Result : Model.Unit.Results)
    note(Result.Call, Result.Type);
}

ArrayRef<const FunctionDecl *> Timelines::slot(StringRef Slot) const {
  auto It = Slots.find(Slot);
  if (It == Slots.end())
    return {};
  return It->second;
}

const Story &Timelines::story(const FunctionDecl *F) const {
  auto &Told = Stories[F];
  if (!Told)
    Told = std::make_unique<Story>(tell(F, Model.K, Ctx));
  return *Told;
}

void Timelines::addStory(Timeline &T, const Story &Told,
                         const FunctionDecl *Slot) {
  for (const Event &E : Told) {
    StringRef Name = calleeName(E);
    // A core calls its slots before it lets go.
    if (!Slot && !Name.empty())
      addSlots(T, Name);
    T.Moments.push_back({&E, false, Slot});
  }
}

void Timelines::addSlots(Timeline &T, StringRef Function) {
  const CloseRow *Row = Model.K.asyncs().close(Function);
  if (!Row)
    return;
  for (const std::string &Each : Row->Slots)
    for (const FunctionDecl *F : slot(Each))
      if (F != T.Root)
        addStory(T, story(F), F);
}

void Timelines::addDevres(Timeline &T) {
  for (const Event &E : llvm::reverse(T.Begins->Told)) {
    StringRef Name = calleeName(E);
    if (Name.empty() || E.Unwinds)
      continue;
    int Action = Model.K.means(Name, "devm-action");
    if (Action >= 0) {
      if (const FunctionDecl *F = definition(namedFunction(argument(E, Action))))
        addStory(T, story(F), nullptr);
      else
        T.Moments.push_back({&E, true, nullptr});
      continue;
    }
    StringRef Bare = Name;
    Bare.consume_front("__");
    const AsyncRow *Async = Model.K.asyncs().start(Name);
    if (!Bare.starts_with("devm_") && !(Async && Async->Device >= 0))
      continue;
    addSlots(T, Name);
    T.Moments.push_back({&E, true, nullptr});
  }
}

/// A slot of the driver's own ops that takes away what the others work on.
bool Timelines::isCleanup(Identity Slot) const {
  if (!Slot || !isDriverCode(Slot->getLocation(), Ctx.getSourceManager()))
    return false;
  static const char *const Names[] = {"cleanup", "exit", "destroy", "free",
                                      "deinit",  "fini", "uninit",  "release"};
  return llvm::is_contained(Names, Slot->getName());
}

std::vector<LossAt> Timelines::losses(const Timeline &T) const {
  std::vector<LossAt> Out;
  const Kernel &K = Model.K;
  auto privates = [&](unsigned At, StringRef Name, bool Managed) {
    for (const auto &Entry : Privates) {
      const PrivateRow *Row = K.asyncs().privateData(Entry.getKey());
      if (llvm::is_contained(Managed ? Row->ManagedBy : Row->FreedBy, Name))
        for (StringRef Struct : Entry.getValue())
          Out.push_back({At, Struct, nullptr, false});
    }
  };
  auto released = [&](unsigned At, const FunctionDecl *F) {
    for (const Event &E : story(F))
      if (int Argument = K.means(calleeName(E), "free"); Argument >= 0)
        if (StringRef Struct = pointeeStruct(argument(E, Argument));
            !Struct.empty())
          Out.push_back({At, Struct, nullptr, true});
  };
  for (unsigned At = 0; At != T.Moments.size(); ++At) {
    const Moment &M = T.Moments[At];
    StringRef Name = calleeName(*M.E);
    if (M.E->K == Event::Indirect && isCleanup(M.E->What))
      Out.push_back({At, {}, nullptr, false, ownerName(M.E->What)});
    if (Name.empty())
      continue;
    if (M.Managed) {
      privates(At, Name, true);
      if (K.means(Name, "devm-alloc") < 0)
        continue;
      for (const CallResult &Result : Model.Unit.Results)
        if (Result.Call == M.E->Site) {
          Out.push_back({At, structName(Result.Type),
                         Result.Target ? identify(Result.Target, K) : nullptr,
                         false});
          break;
        }
      continue;
    }
    privates(At, Name, false);
    if (int Argument = K.means(Name, "free"); Argument >= 0) {
      // What is freed if there is any more often belongs to a loop or a list.
      const Expr *What = argument(*M.E, Argument);
      if (What)
        Out.push_back({At, M.E->Conditional ? StringRef() : pointeeStruct(What),
                       identityOf(*M.E, Argument), false});
    }
    if (int Argument = K.means(Name, "gone"); Argument >= 0)
      if (Identity What = identityOf(*M.E, Argument))
        Out.push_back({At, {}, What, false});
    if (K.means(Name, "put") >= 0 && !M.E->Conditional) {
      // kref_put(&x->ref, release), or put_device() and the device's release.
      bool Named = false;
      if (const auto *Call = dyn_cast<CallExpr>(M.E->Site))
        for (const Expr *Arg : Call->arguments())
          if (const FunctionDecl *F = definition(namedFunction(Arg))) {
            Named = true;
            released(At, F);
          }
      if (!Named && (Name == "put_device" || Name == "kobject_put"))
        for (StringRef Slot : {"device.release", "device_type.release",
                               "class.dev_release", "kobj_type.release"})
          for (const FunctionDecl *F : slot(Slot))
            released(At, F);
    }
  }
  return Out;
}
