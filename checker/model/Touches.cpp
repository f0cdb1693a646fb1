// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Touches.h"

using namespace clang;
using namespace ento;
using namespace strongfence;

namespace {

/// Completes \p T: it goes as \p How says, and \p Verb is the word for it.
void goes(Touch &T, const Loss &How, StringRef Verb, const UnitModel &Model) {
  T.How = How;
  T.Verb = Verb.str();
  const FunctionDecl *By = How.By ? How.By : Model.mainTeardown();
  if (How.Managed && (!How.By || Model.onlyActions()))
    T.Goes = ("devres " + Verb + " at unbind").str();
  else if (How.Managed)
    T.Goes = ("devres " + Verb + " after '" + By->getName() + "'").str();
  else
    T.Goes = ("'" + By->getName() + "' " + Verb).str();
}

} // namespace

std::optional<Touch> strongfence::touchOf(const CallEvent &Call,
                                          const UnitModel &Model) {
  const auto *F = dyn_cast_or_null<FunctionDecl>(Call.getDecl());
  const auto *Site = dyn_cast_or_null<Expr>(Call.getOriginExpr());
  if (!F || !F->getIdentifier() || !Site)
    return std::nullopt;
  const TouchRow *Row = Model.K.touch(F->getName());
  // A driver's own function of that name is not the kernel's.
  if (!Row || (definition(F) && F->getStorageClass() == SC_Static &&
               !F->isInlined()))
    return std::nullopt;
  const ResourceRow *Resource = Model.K.resource(Row->Resource);

  Identity Handle = nullptr;
  if (Row->Argument >= 0 && unsigned(Row->Argument) < Call.getNumArgs()) {
    Handle = identify(Call.getArgExpr(Row->Argument), Model.K);
    if (!Handle)
      Handle = identify(Call.getArgSVal(Row->Argument));
  }
  StringRef Owner = ownerName(Handle);

  Touch T;
  T.Site = Site;
  T.Struct = Owner.str();
  T.Does = Resource->Touch;
  if (Handle)
    T.Does += (" through '" + Handle->getName() + "'").str();
  auto Taken = Model.Life.Resources.find(Resource->Name);
  if (Taken != Model.Life.Resources.end()) {
    goes(T, Taken->second, Resource->Loss, Model);
    return T;
  }
  auto Cleared = Handle ? Model.Life.Cleared.find(Handle)
                        : Model.Life.Cleared.end();
  if (Cleared != Model.Life.Cleared.end()) {
    goes(T, Cleared->second, "sets to NULL", Model);
    return T;
  }
  auto Gone = Model.Life.Structs.find(Owner);
  if (Owner.empty() || Gone == Model.Life.Structs.end()) {
    if (!Resource->WithDevice || !Model.hasRemove())
      return std::nullopt;
    goes(T, Loss{Model.mainTeardown(), nullptr, false}, Resource->Loss, Model);
    return T;
  }
  T.Does += (" of 'struct " + Owner + "'").str();
  goes(T, Gone->second, "frees", Model);
  return T;
}

std::optional<Touch> strongfence::touchOf(SVal Location, const Stmt *Site,
                                          const UnitModel &Model) {
  const auto *E = dyn_cast_or_null<Expr>(Site);
  const MemRegion *Region = Location.getAsRegion();
  if (!E || !Region)
    return std::nullopt;
  const auto *Base = dyn_cast<SymbolicRegion>(Region->getBaseRegion());
  if (!Base)
    return std::nullopt;
  Identity Pointer = identify(Base->getSymbol()->getOriginRegion());
  if (!Pointer || !Pointer->getType()->isPointerType())
    return std::nullopt;
  Touch T;
  T.Site = E;
  T.Struct = ownerName(Pointer).str();
  T.Does = ("dereferences '" + Pointer->getName() + "'").str();
  auto Cleared = Model.Life.Cleared.find(Pointer);
  if (Cleared != Model.Life.Cleared.end()) {
    goes(T, Cleared->second, "sets to NULL", Model);
    return T;
  }
  auto Freed = Model.Life.Freed.find(Pointer);
  if (Freed == Model.Life.Freed.end())
    return std::nullopt;
  goes(T, Freed->second, "frees", Model);
  return T;
}

std::optional<Touch>
strongfence::containerTouchOf(SVal Location, const Stmt *Site,
                              const UnitModel &Model) {
  const auto *E = dyn_cast_or_null<Expr>(Site);
  const MemRegion *Region = Location.getAsRegion();
  // Only memory behind a pointer: a local of that type is nobody's.
  if (!E || !Region || !isa<SymbolicRegion>(Region->getBaseRegion()))
    return std::nullopt;
  for (; Region; ) {
    const auto *Field = dyn_cast<FieldRegion>(Region);
    if (Field) {
      StringRef Struct = ownerName(Field->getDecl());
      auto Gone = Model.Life.Structs.find(Struct);
      if (Gone != Model.Life.Structs.end() &&
          Model.Life.Containers.contains(Struct)) {
        Touch T;
        T.Site = E;
        T.Struct = Struct.str();
        T.Does = ("uses '" + Field->getDecl()->getName() + "' of 'struct " +
                  Struct + "'")
                     .str();
        goes(T, Gone->second, "frees", Model);
        return T;
      }
    }
    const auto *Sub = dyn_cast<SubRegion>(Region);
    Region = Sub ? Sub->getSuperRegion() : nullptr;
  }
  return std::nullopt;
}
