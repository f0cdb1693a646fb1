// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Publications.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace strongfence;

bool Publication::isWithdrawnBy(StringRef Callee,
                                ArrayRef<Identity> Given) const {
  if (!llvm::is_contained(Withdraw, Callee))
    return false;
  Identity Taken =
      WithdrawObject < Given.size() ? Given[WithdrawObject] : nullptr;
  return !Taken || (!Object && !Result) || Taken == Object || Taken == Result;
}

namespace {

/// Fields of tables that are asked before anything is published, or name no
/// operation.
bool isNoEntry(StringRef Field) {
  return Field == "is_visible" || Field == "is_bin_visible" ||
         Field == "owner" || Field == "check_flags" || Field == "release_fn";
}

class Finder {
public:
  Finder(const Index &Unit, ArrayRef<Birth> Births, const Kernel &K,
         ASTContext &Ctx)
      : Unit(Unit), Births(Births), K(K), Ctx(Ctx) {}

  std::vector<Publication> run() {
    for (const CallSite &Site : Unit.Calls)
      if (Site.In)
        publication(Site);
    return std::move(Out);
  }

private:
  const Index &Unit;
  ArrayRef<Birth> Births;
  const Kernel &K;
  ASTContext &Ctx;
  std::vector<Publication> Out;
  llvm::SmallPtrSet<const VarDecl *, 16> Seen;

  void publication(const CallSite &Site) {
    StringRef Name = calleeName(Site.Call);
    Publication P;
    P.Call = Site.Call;
    P.In = Site.In;
    Seen.clear();
    if (const PublicationRow *Row = K.publication(Name)) {
      P.Name = Row->Name;
      P.Withdraw = Row->Withdraw;
      P.WithdrawObject = Row->WithdrawObject;
      P.Managed = Row->Managed;
      P.Interrupt = Row->Interrupt;
      if (Row->Object >= 0)
        P.Object = argument(Site, Row->Object);
      for (unsigned Table : Row->Tables)
        if (Table < Site.Call->getNumArgs())
          collect(Site.Call->getArg(Table), "", P.Entries);
      for (const std::string &Slot : Row->Slots)
        slot(Slot, P.Entries);
    } else if (const AttributeRow *Row = K.classDevices().attribute(Name)) {
      if (Row->Attribute >= Site.Call->getNumArgs())
        return;
      P.Name = "the file of sysfs";
      P.Withdraw = Row->Remove;
      P.WithdrawObject = Row->Attribute;
      P.Object = argument(Site, Row->Attribute);
      collect(Site.Call->getArg(Row->Attribute), "", P.Entries);
    } else {
      return;
    }
    for (const CallResult &Result : Unit.Results)
      if (Result.Call == Site.Call && Result.Target)
        P.Result = identify(Result.Target, K);
    if (!P.Entries.empty())
      Out.push_back(std::move(P));
  }

  Identity argument(const CallSite &Site, unsigned I) const {
    for (const Birth &B : Births)
      for (const Event &E : B.Told)
        if (E.Site == Site.Call && E.K == Event::Call && I < E.Args.size() &&
            E.Args[I])
          return E.Args[I];
    return I < Site.Call->getNumArgs()
               ? identify(Site.Call->getArg(I), K)
               : nullptr;
  }

  void slot(StringRef Slot, std::vector<Entry> &To) {
    if (Slot.consume_back("()")) {
      for (const CallSite &Site : Unit.Calls)
        if (calleeName(Site.Call) == Slot)
          for (const Expr *Arg : Site.Call->arguments())
            collect(Arg, "", To);
      return;
    }
    auto [Struct, Field] = Slot.split('.');
    for (const FieldStore &Store : Unit.Stores)
      if (Store.Field->getIdentifier() && ownerName(Store.Field) == Struct &&
          (Field == "*" || Store.Field->getName() == Field) &&
          !isNoEntry(Store.Field->getName()))
        collect(Store.Value, Store.Field->getName(), To);
  }

  /// Functions of the driver that \p E names, itself or through tables.
  void collect(const Stmt *E, StringRef Slot, std::vector<Entry> &To) {
    if (!E)
      return;
    if (const auto *List = dyn_cast<InitListExpr>(E);
        List && List->getType()->isRecordType()) {
      forEachInit(List, [&](const FieldDecl *F, const Expr *Value) {
        StringRef Name = F->getIdentifier() ? F->getName() : Slot;
        if (!isNoEntry(Name))
          collect(Value, Name, To);
      });
      return;
    }
    if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
      if (const auto *F = dyn_cast<FunctionDecl>(Ref->getDecl()))
        add(definition(F), Slot, To);
      const auto *V = dyn_cast<VarDecl>(Ref->getDecl());
      // An ops table, not the driver's data.
      if (V && V->hasGlobalStorage())
        if (const VarDecl *Init = V->getInitializingDeclaration();
            Init && Init->getInit() && Seen.insert(Init).second)
          collect(Init->getInit()->IgnoreParenCasts(), Slot, To);
      return;
    }
    if (isa<CallExpr>(E))
      return;
    for (const Stmt *Child : E->children())
      collect(Child, Slot, To);
  }

  void add(const FunctionDecl *F, StringRef Slot, std::vector<Entry> &To) {
    if (F && isDriverCode(F->getLocation(), Ctx.getSourceManager()) &&
        llvm::none_of(To, [&](const Entry &E) { return E.Function == F; }))
      To.push_back({F, Slot.str()});
  }
};

} // namespace

std::vector<Publication>
strongfence::findPublications(const Index &Unit, ArrayRef<Birth> Births,
                              const Kernel &K, ASTContext &Ctx) {
  return Finder(Unit, Births, K, Ctx).run();
}
