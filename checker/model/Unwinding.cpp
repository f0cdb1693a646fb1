// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Unwinding.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace strongfence;

namespace {

/// A device has one of these, so that a handle without a name is that one.
bool isOneADevice(const ResourceRow &Row) {
  return Row.Name == "ioport" || Row.Name == "hid" || Row.Name == "serdev" ||
         Row.Name == "rpmsg" || Row.Name == "mei" || Row.Name == "vmbus" ||
         Row.Name == "virtqueue";
}

/// Which argument of a releasing call is what it releases.
unsigned handleArgument(StringRef Name) {
  return Name.starts_with("pci_") || Name.starts_with("devm_") ||
                 Name.starts_with("pcim_") || Name == "__release_region"
             ? 1
             : 0;
}

std::string named(Identity Id) {
  return Id ? "'" + Id->getNameAsString() + "'" : "it";
}

} // namespace

bool UnwindStep::withdraws(const Publication &P) const {
  if (!E)
    return Managed == &P;
  return E->K == Event::Call && E->Callee->getIdentifier() &&
         P.isWithdrawnBy(E->Callee->getName(), E->Args);
}

Unwindings::Unwindings(const UnitModel &Model, ASTContext &Ctx)
    : Model(Model), K(Model.K), Ctx(Ctx) {}

std::vector<UnwindStep> Unwindings::of(const Teardown &T) {
  std::vector<UnwindStep> Out;
  for (const Event &E : T.Told)
    if (!E.Unwinds)
      Out.push_back({&E, nullptr, T.Root});
  if (T.K != Teardown::Driver)
    return Out;
  // device_unbind_cleanup() runs devres when the bus's remove has returned.
  for (const Birth &B : Model.Births) {
    if (B.Undone != &T)
      continue;
    for (const Event &E : llvm::reverse(B.Told)) {
      StringRef Name = calleeName(E);
      if (Name.empty() || E.Unwinds)
        continue;
      for (const Publication &P : Model.Published)
        if (P.Managed && P.Call == E.Site)
          Out.push_back({nullptr, &P});
      int Argument = K.means(Name, "devm-action");
      const auto *Call = cast<CallExpr>(E.Site);
      if (Argument < 0 || unsigned(Argument) >= Call->getNumArgs())
        continue;
      const FunctionDecl *Action =
          definition(namedFunction(Call->getArg(Argument)));
      if (!Action || !isDriverCode(Action->getLocation(),
                                   Ctx.getSourceManager()))
        continue;
      Actions.push_back(tell(Action, K, Ctx));
      for (const Event &Each : Actions.back())
        Out.push_back({&Each, nullptr, Action});
    }
  }
  return Out;
}

std::vector<UnwindStep> Unwindings::ofFailure(const Birth &B) {
  std::vector<UnwindStep> Out;
  bool Unwinds = false;
  for (const Event &E : B.Told) {
    Unwinds |= E.Unwinds && E.In == B.Root;
    if (Unwinds)
      Out.push_back({&E, nullptr, B.Root});
  }
  return Out;
}

bool Unwindings::isDriverStruct(StringRef Struct) const {
  // The kernel's own structs have other users, whom their cores know.
  return !Struct.empty() && Model.Life.Containers.contains(Struct);
}

/// A clock that the birth leaves running, so that stopping it is an end.
bool Unwindings::isStarted(const Event &Stop) const {
  Identity Clock = Stop.Args.empty() ? nullptr : Stop.Args[0];
  if (!Clock)
    return false;
  bool Runs = false;
  for (const Birth &B : Model.Births)
    for (const Event &E : B.Told) {
      StringRef Name = calleeName(E);
      if (Name.starts_with("pm_runtime_put") ||
          Name.starts_with("pm_runtime_idle") ||
          Name.contains("autosuspend"))
        return false;
      if (E.Unwinds || E.Args.empty() || E.Args[0] != Clock)
        continue;
      if (Name == "clk_prepare_enable" || Name == "clk_enable")
        Runs = true;
      else if (K.stop(Name) && !E.Conditional)
        Runs = false;
    }
  return Runs;
}

std::optional<Release> Unwindings::stopRelease(const Event &E,
                                               const StopRow &Row) const {
  if (Row.Resource == "mmio" && !isStarted(E))
    return std::nullopt;
  Release R;
  R.Site = E.Site;
  R.In = E.In;
  R.Via = E.Via;
  R.Stop = &Row;
  R.Does = Row.Does;
  if (Row.Argument >= 0 && unsigned(Row.Argument) < E.Args.size())
    R.Handle = E.Args[Row.Argument];
  if (Row.Argument >= 0 && Row.Resource.empty() && !R.Handle)
    return std::nullopt;
  R.Says = Row.Verb + " " +
           (Row.Argument >= 0 ? named(R.Handle)
            : E.K == Event::Call
                ? "interrupts by '" + E.Callee->getNameAsString() + "'"
                : "its queues");
  R.Weak = Row.Argument < 0;
  return R;
}

std::optional<Release> Unwindings::freeRelease(const Event &E,
                                               unsigned Argument) const {
  const auto *Call = cast<CallExpr>(E.Site);
  if (Argument >= E.Args.size())
    return std::nullopt;
  Release R;
  R.Site = E.Site;
  R.In = E.In;
  R.Via = E.Via;
  const Expr *What = Call->getArg(Argument)->IgnoreParenCasts();
  if (Identity Id = E.Args[Argument]) {
    if (!Id->getType()->isPointerType())
      return std::nullopt;
    R.Handle = Id;
    R.Says = "frees " + named(Id);
    R.Does = "uses " + named(Id);
    return R;
  }
  StringRef Struct = structName(What->getType());
  if (!isa<DeclRefExpr>(What) || E.Conditional || !isDriverStruct(Struct))
    return std::nullopt;
  R.Struct = Struct;
  R.Says = ("frees 'struct " + Struct + "'").str();
  R.Does = "uses it";
  return R;
}

bool strongfence::isFreedByPut(StringRef Struct, const Index &Unit,
                               const Kernel &K) {
  llvm::SmallPtrSet<const FunctionDecl *, 4> Frees;
  for (const CallSite &Site : Unit.Calls) {
    int Argument = K.means(calleeName(Site.Call), "free");
    if (Argument < 0 || unsigned(Argument) >= Site.Call->getNumArgs())
      continue;
    const Expr *What = Site.Call->getArg(Argument)->IgnoreParenCasts();
    QualType Type = What->getType();
    if (structName(Type) == Struct)
      Frees.insert(Site.In);
  }
  for (const FieldStore &Store : Unit.Stores)
    if (Store.Field->getIdentifier() && Store.Field->getName() == "release" &&
        Frees.count(definition(namedFunction(Store.Value))))
      return true;
  for (const CallSite &Site : Unit.Calls)
    if (calleeName(Site.Call).starts_with("kref_put"))
      for (const Expr *Arg : Site.Call->arguments())
        if (Frees.count(definition(namedFunction(Arg))))
          return true;
  return false;
}

std::optional<Release> Unwindings::putRelease(const Event &E,
                                              unsigned Argument) const {
  if (Argument >= E.Args.size() || E.Conditional)
    return std::nullopt;
  const auto *Field = dyn_cast_or_null<FieldDecl>(E.Args[Argument]);
  if (!Field || Field->getType()->isPointerType())
    return std::nullopt;
  StringRef Struct = ownerName(Field);
  if (!isDriverCode(Field->getLocation(), Ctx.getSourceManager()) ||
      !isFreedByPut(Struct, Model.Unit, K))
    return std::nullopt;
  Release R;
  R.Site = E.Site;
  R.In = E.In;
  R.Via = E.Via;
  R.Struct = Struct;
  R.Says = ("puts 'struct " + Struct + "'").str();
  R.Does = "uses it";
  R.Weak = true;
  return R;
}

std::optional<Release> Unwindings::release(const UnwindStep &Step) const {
  std::optional<Release> R;
  if (Step.E)
    R = release(*Step.E);
  if (R)
    R->Root = Step.Root;
  return R;
}

std::optional<Release> Unwindings::release(const Event &E) const {
  if (E.K == Event::Indirect && E.What) {
    const StopRow *Row =
        K.stop((ownerName(E.What) + "." + E.What->getName()).str());
    return Row ? stopRelease(E, *Row) : std::nullopt;
  }
  StringRef Name = calleeName(E);
  if (Name.empty())
    return std::nullopt;
  if (const StopRow *Row = K.stop(Name))
    return stopRelease(E, *Row);
  if (const ResourceRow *Row = K.released(Name)) {
    // Decoding ends nowhere, and a reset queue still takes buffers.
    if ((Row->Name == "ioport" && Name.starts_with("pci")) ||
        Row->Name == "virtqueue" || Row->Name == "sdio" || Row->Name == "irq")
      return std::nullopt;
    Release R;
    R.Site = E.Site;
    R.In = E.In;
    R.Via = E.Via;
    R.Resource = Row;
    unsigned I = handleArgument(Name);
    R.Handle = I < E.Args.size() ? E.Args[I] : nullptr;
    if (!R.Handle && !isOneADevice(*Row))
      return std::nullopt;
    R.Says = R.Handle ? Row->Loss + " " + named(R.Handle)
                      : "calls '" + Name.str() + "'";
    R.Does = Row->Touch;
    return R;
  }
  int Free = K.means(Name, "free");
  if (Free >= 0)
    return freeRelease(E, Free);
  int Put = K.means(Name, "put");
  return Put >= 0 ? putRelease(E, Put) : std::nullopt;
}

bool Unwindings::isUse(const Event &E, const Release &R) const {
  StringRef Name = calleeName(E);
  if (!R.Struct.empty()) {
    auto inside = [&](Identity Id) { return Id && ownerName(Id) == R.Struct; };
    return inside(E.What) || llvm::any_of(E.Args, inside);
  }
  const TouchRow *Touch = Name.empty() ? nullptr : K.touch(Name);
  if (R.Stop) {
    if (!R.Stop->Resource.empty())
      return Touch && Touch->Resource == R.Stop->Resource;
    if (!llvm::is_contained(R.Stop->Uses, Name))
      return false;
    return R.Stop->Argument < 0 ||
           (unsigned(R.Stop->UseArgument) < E.Args.size() &&
            E.Args[R.Stop->UseArgument] == R.Handle);
  }
  if (R.Handle && E.K == Event::Deref && E.What == R.Handle)
    return true;
  if (R.Resource) {
    if (!Touch || Touch->Resource != R.Resource->Name)
      return false;
    Identity Handle =
        Touch->Argument >= 0 && unsigned(Touch->Argument) < E.Args.size()
            ? E.Args[Touch->Argument]
            : nullptr;
    return Handle && R.Handle ? Handle == R.Handle
                              : isOneADevice(*R.Resource);
  }
  return !Name.empty() && llvm::is_contained(E.Args, R.Handle) &&
         K.means(Name, "free") < 0 && K.means(Name, "put") < 0;
}

bool Unwindings::makesSafe(const Event &E, const Release &R) const {
  StringRef Name = calleeName(E);
  if (R.Stop && llvm::is_contained(R.Stop->Starts, Name))
    return true;
  if (!R.Handle || R.Stop)
    return false;
  // It brings one of its own, or ends it itself.
  if ((E.K == Event::Change || E.K == Event::Kill) && E.What == R.Handle)
    return true;
  return !Name.empty() && llvm::is_contained(E.Args, R.Handle) &&
         (K.means(Name, "free") >= 0 || K.released(Name));
}
