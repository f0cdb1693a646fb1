// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "facts/Write.h"
#include "facts/Printer.h"
#include "facts/Summaries.h"
#include "model/Record.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

using namespace clang;
using namespace strongfence;

namespace {

/// What \p S calls and which functions it hands on, in source order.
void named(const Stmt *S, llvm::SetVector<const FunctionDecl *> &Out) {
  if (!S)
    return;
  if (const auto *Ref = dyn_cast<DeclRefExpr>(S))
    if (const auto *F = dyn_cast<FunctionDecl>(Ref->getDecl()))
      Out.insert(F->getCanonicalDecl());
  if (const auto *D = dyn_cast<DeclStmt>(S))
    for (const Decl *Each : D->decls())
      if (const auto *V = dyn_cast<VarDecl>(Each))
        if (const auto *Cleanup = V->getAttr<CleanupAttr>())
          Out.insert(Cleanup->getFunctionDecl()->getCanonicalDecl());
  for (const Stmt *Child : S->children())
    named(Child, Out);
}

class Writer {
public:
  Writer(const UnitModel &Model, ASTContext &Ctx, UnitFacts &Out,
         const Membership &In)
      : Model(Model), K(Model.K), Ctx(Ctx), SM(Ctx.getSourceManager()),
        Out(Out), In(In),
        P(Ctx, K, UnitFacts::tag(Out.File, Out.Module), Seen) {}

  void run() {
    for (const FunctionDecl *F : Model.Unit.Functions) {
      Bodies[F->getCanonicalDecl()] = F;
      named(F->getBody(), Names[F->getCanonicalDecl()]);
    }
    for (const CallSite &Site : Model.Unit.Calls)
      if (Site.In && isRelevant(Site.Call))
        Relevant.insert(Site.In->getCanonicalDecl());
    for (const FieldStore &Store : Model.Unit.Stores)
      if (Store.In && isConstant(Store.Value, Ctx))
        Relevant.insert(Store.In->getCanonicalDecl());
    spread();
    for (const FunctionDecl *F : Model.Unit.Functions)
      if (isExternal(F) && isAnswer(F))
        Relevant.insert(F->getCanonicalDecl());
    select();
    calls();
    for (const FunctionDecl *F : Model.Unit.Functions)
      if (Chosen.contains(F->getCanonicalDecl()))
        function(F);
    for (const VarDecl *V : Tables)
      table(V);
    mentioned();
    teardowns();
    slots();
    llvm::sort(Out.Tables, [](const TableFact &A, const TableFact &B) {
      return A.Name < B.Name;
    });
    for (const auto &Entry : Model.Life.Structs)
      Out.Lifetimes[Entry.first().str()] =
          Entry.second.Managed || !Entry.second.By
              ? "devres"
              : P.name(Entry.second.By);
  }

private:
  const UnitModel &Model;
  const Kernel &K;
  ASTContext &Ctx;
  const SourceManager &SM;
  UnitFacts &Out;
  const Membership &In;
  Mentions Seen;
  Printer P;
  llvm::DenseMap<const FunctionDecl *, const FunctionDecl *> Bodies;
  llvm::DenseMap<const FunctionDecl *, llvm::SetVector<const FunctionDecl *>>
      Names;
  llvm::DenseSet<const FunctionDecl *> Relevant, Chosen;
  llvm::SmallVector<const VarDecl *, 8> Tables;

  bool isDriver(const Decl *D) const {
    return isDriverCode(D->getLocation(), SM);
  }
  bool isExternal(const FunctionDecl *F) const {
    return F->getFormalLinkage() == Linkage::External && !F->isInlined() &&
           SM.isWrittenInMainFile(SM.getExpansionLoc(F->getLocation()));
  }

  /// A call that says something of locks, of what goes, or of other units.
  bool isRelevant(const CallExpr *Call) const {
    const FunctionDecl *F = Call->getDirectCallee();
    if (!F)
      return true; // through a member of an ops table
    if (!F->getIdentifier())
      return false;
    return K.knows(F->getName()) ||
           (!definition(F) && isDriver(F->getCanonicalDecl()));
  }

  /// Says what a member is, and no more: "is the device there?".
  bool isAnswer(const FunctionDecl *F) const {
    const auto *Body = dyn_cast<CompoundStmt>(F->getBody());
    return Body && !F->getReturnType()->isVoidType() && Body->size() <= 3 &&
           readsMember(Body);
  }

  static bool readsMember(const Stmt *S) {
    return S && (isa<MemberExpr>(S) || llvm::any_of(S->children(), readsMember));
  }

  /// Who calls a relevant function is relevant.
  void spread() {
    for (bool Again = true; Again;) {
      Again = false;
      for (const auto &[F, Callees] : Names)
        if (!Relevant.contains(F) &&
            llvm::any_of(Callees, [&](const FunctionDecl *Each) {
              return Relevant.contains(Each);
            }))
          Again |= Relevant.insert(F).second;
    }
  }

  void choose(const FunctionDecl *F) {
    F = F->getCanonicalDecl();
    if (!Bodies.count(F) || !Relevant.contains(F) || !Chosen.insert(F).second)
      return;
    for (const FunctionDecl *Each : Names[F])
      choose(Each);
  }

  /// What TRACE_EVENT() and its like write out.
  static bool isTracing(const NamedDecl *D) {
    std::string Name = D->getNameAsString();
    StringRef N = Name;
    return N.starts_with("__") || N.starts_with("trace_") ||
           N.starts_with("perf_trace_") || N.starts_with("event_class_") ||
           N.starts_with("do_trace_") || N.starts_with("str__");
  }

  /// All that is relevant when the module has other units; else what units of
  /// other modules may need of it (link says what that is), and teardown that
  /// reaches out of the unit.
  void select() {
    for (const FunctionDecl *F : Model.Unit.Functions)
      if (isExternal(F)
              ? Out.Composite || !In.Loadable || isLockHelper(described(F).Summary)
              : Out.Composite && isInTable(F) && !isTracing(F))
        choose(F);
    for (const VarDecl *V : Model.Unit.Variables)
      if (isDriver(V) && !isTracing(V) && namesFunctions(V) &&
          (Out.Composite ? !isList(V) : !In.Loadable && reachesOut(V))) {
        Tables.push_back(V);
        forEachFunction(V, [&](StringRef, const FunctionDecl *F) { choose(F); });
      }
  }

  /// A long list of controls, attributes or commands: no door is behind it
  /// that its own unit does not show.
  bool isList(const VarDecl *V) const {
    const auto *A = Ctx.getAsConstantArrayType(V->getType());
    return A && A->getSize().ugt(8) && !K.table(structName(V->getType()));
  }

  bool isInTable(const FunctionDecl *F) const {
    return !Model.Unit.Called.contains(F->getCanonicalDecl());
  }

  void forEachFunction(
      const VarDecl *V,
      llvm::function_ref<void(StringRef, const FunctionDecl *)> Do) const {
    const auto *List =
        dyn_cast<InitListExpr>(V->getInit()->IgnoreParenCasts());
    if (!List)
      return;
    forEachInit(List, [&](const FieldDecl *F, const Expr *Value) {
      if (const FunctionDecl *Named = namedFunction(Value))
        if (F->getIdentifier())
          Do(F->getName(), Named);
    });
  }

  bool namesFunctions(const VarDecl *V) const {
    bool Any = false;
    forEachFunction(V, [&](StringRef, const FunctionDecl *) { Any = true; });
    return Any;
  }

  /// A driver whose remove calls a function of another unit.
  bool reachesOut(const VarDecl *V) const {
    return llvm::any_of(Model.Teardowns, [&](const Teardown &T) {
      return T.Slots == V && !reaches(T).empty();
    });
  }

  std::vector<std::string> reaches(const Teardown &T) const {
    std::vector<std::string> Names;
    for (const Event &E : T.Told)
      if (E.K == Event::Call && E.Callee->getIdentifier() &&
          !E.Callee->isInlined() && !definition(E.Callee) &&
          !K.knows(E.Callee->getName()))
        Names.push_back(E.Callee->getNameAsString());
    llvm::sort(Names);
    Names.erase(std::unique(Names.begin(), Names.end()), Names.end());
    return Names;
  }

  struct Described {
    std::string Summary;
    bool Closes = false;
  };
  llvm::DenseMap<const FunctionDecl *, Described> Stories;

  const Described &described(const FunctionDecl *F) {
    auto [It, New] = Stories.try_emplace(F->getCanonicalDecl());
    if (New) {
      Story Told = tell(F, K, Ctx);
      It->second.Summary = summarise(Told);
      It->second.Closes = llvm::any_of(Told, [&](const Event &E) {
        return E.K == Event::Call && E.Callee->getIdentifier() &&
               (K.means(E.Callee->getName(), "deregister") >= 0 ||
                K.means(E.Callee->getName(), "drain") >= 0);
      });
    }
    return It->second;
  }

  void describe(const FunctionDecl *F, FunctionFact &Fact) {
    Fact.Summary = described(F).Summary;
    Fact.Closes = described(F).Closes;
  }

  void calls() {
    for (const FunctionDecl *F : Model.Unit.Called)
      if (F->getIdentifier() && !F->isInlined() && !definition(F) &&
          !F->getBuiltinID() && !K.knows(F->getName()))
        Out.Calls.push_back(F->getNameAsString());
    llvm::sort(Out.Calls);
    Out.Calls.erase(std::unique(Out.Calls.begin(), Out.Calls.end()),
                    Out.Calls.end());
    for (const FunctionDecl *F : Model.Unit.Functions)
      if (isExternal(F) && !Relevant.contains(F->getCanonicalDecl()) &&
          (Out.Composite || !In.Loadable))
        Out.Quiet.push_back(F->getNameAsString());
    llvm::sort(Out.Quiet);
  }

  void function(const FunctionDecl *F) {
    FunctionFact Fact;
    Fact.Name = P.name(F);
    Fact.External = isExternal(F);
    if (Fact.External)
      describe(F, Fact);
    for (const FunctionDecl *Each : Names[F->getCanonicalDecl()])
      if (Each->getIdentifier() && !Each->getBuiltinID())
        Fact.Calls.push_back(P.name(Each));
    llvm::sort(Fact.Calls);
    Fact.Text = P.function(F);
    Out.Functions.push_back(std::move(Fact));
  }

  void table(const VarDecl *V) {
    TableFact Fact;
    Fact.Name = P.name(V);
    Fact.Struct = structName(V->getType()).str();
    forEachFunction(V, [&](StringRef Slot, const FunctionDecl *F) {
      Fact.Slots.push_back({Slot.str(), P.name(F)});
    });
    Fact.Text = P.table(V);
    Out.Tables.push_back(std::move(Fact));
  }

  void mentioned() {
    if (Out.Functions.empty() && Out.Tables.empty())
      return;
    for (size_t I = 0; I != Seen.Functions.size(); ++I) {
      const FunctionDecl *F = Seen.Functions[I];
      if (F->getIdentifier() && !F->getBuiltinID())
        Out.Prototypes[P.name(F)] =
            isDriver(F) ? P.prototype(F) : P.brief(F);
    }
    for (size_t I = 0; I != Seen.Variables.size(); ++I)
      Out.Variables[P.name(Seen.Variables[I])] = P.variable(Seen.Variables[I]);
    // Members may need other records, which are added while they are read.
    for (size_t I = 0; I != Seen.Records.size(); ++I) {
      const RecordDecl *R = (Seen.Records.begin() + I)->first;
      llvm::SmallVector<const FieldDecl *, 16> Used(
          (Seen.Records.begin() + I)->second.begin(),
          (Seen.Records.begin() + I)->second.end());
      std::string Tag = P.tag(R);
      if (Tag.empty())
        continue;
      RecordFact Fact;
      Fact.Typedef = !R->getIdentifier();
      Fact.Union = R->isUnion();
      for (const FieldDecl *F : Used) {
        MemberFact M;
        M.Index = F->getFieldIndex();
        M.Text = P.member(F);
        needs(F, M.Needs);
        Fact.Members[M.Index] = std::move(M);
      }
      Out.Records[Tag] = std::move(Fact);
    }
    for (const RecordDecl *R : Seen.Tags)
      Out.Tags.push_back(P.tag(R));
    llvm::sort(Out.Tags);
    Out.Tags.erase(std::unique(Out.Tags.begin(), Out.Tags.end()),
                   Out.Tags.end());
    for (const EnumDecl *E : Seen.Enums)
      if (E->getIdentifier())
        Out.Enums[E->getNameAsString()];
    for (const EnumConstantDecl *C : Seen.Enumerators) {
      const auto *E = cast<EnumDecl>(C->getDeclContext());
      Out.Enums[E->getNameAsString()][C->getNameAsString()] =
          llvm::toString(C->getInitVal(), 10);
    }
  }

  /// The records that a member holds, also by way of one without a name.
  void needs(const FieldDecl *F, std::vector<std::string> &Out) {
    QualType T = Ctx.getBaseElementType(F->getType().getCanonicalType());
    const RecordDecl *R = T->getAsRecordDecl();
    if (!R)
      return;
    std::string Tag = P.tag(R);
    if (!Tag.empty()) {
      Out.push_back(Tag);
      return;
    }
    for (const FieldDecl *Each : R->fields())
      needs(Each, Out);
  }

  void teardowns() {
    for (const Teardown &T : Model.Teardowns)
      Out.Teardowns.push_back({P.name(T.Root),
                               T.K == Teardown::Driver  ? "driver"
                               : T.K == Teardown::Class ? "class"
                                                        : "devm-action",
                               T.Hotplug, T.SuppressBind, reaches(T)});
  }

  /// Under which fences the unit calls through members of ops tables.
  void slots() {
    std::map<std::string, llvm::json::Object> Sorted;
    for (const FunctionDecl *F : Model.Unit.Functions) {
      if (!isExternal(F) && !Model.door(F))
        continue;
      llvm::DenseSet<std::pair<Identity, Identity>> Tested;
      for (const Event &E : tell(F, K, Ctx)) {
        if (E.K == Event::Test)
          for (const Held &H : E.Locks)
            Tested.insert({E.What, H.Lock});
        if (E.K == Event::Release) {
          llvm::SmallVector<std::pair<Identity, Identity>, 4> Gone;
          for (const auto &Pair : Tested)
            if (Pair.second == E.What)
              Gone.push_back(Pair);
          for (const auto &Pair : Gone)
            Tested.erase(Pair);
        }
        if (E.K != Event::Indirect || !E.What || E.Locks.empty())
          continue;
        StringRef Struct = ownerName(E.What);
        if (Struct.empty())
          continue;
        const Fence *By = nullptr;
        for (const Fence &Each : Model.Gate.Strong)
          if (holds(E, Each.Lock) && Tested.contains({Each.Predicate, Each.Lock}))
            By = &Each;
        Identity Lock = By ? By->Lock : E.Locks.back().Lock;
        Note At = noteAt(E.Site->getBeginLoc(), SM, "");
        std::string Key = (Struct + "." + E.What->getName() + " " +
                           F->getName() + " " + Lock->getName())
                              .str();
        llvm::json::Object O{{"type", "slot"},
                             {"struct", Struct.str()},
                             {"slot", E.What->getName().str()},
                             {"called_in", F->getNameAsString()},
                             {"file", At.File},
                             {"line", int64_t(At.Line)},
                             {"lock", Lock->getName().str()},
                             {"lock_struct", ownerName(Lock).str()},
                             {"fenced", By != nullptr}};
        if (By) {
          O["predicate"] = By->Predicate->getName().str();
          O["predicate_struct"] = ownerName(By->Predicate).str();
        }
        Sorted.try_emplace(Key, std::move(O));
      }
    }
    for (auto &[Key, O] : Sorted)
      Out.Slots.push_back(std::move(O));
  }
};

} // namespace

UnitFacts strongfence::factsOf(const UnitModel &Model, ASTContext &Ctx,
                               StringRef File, const Membership &In) {
  UnitFacts Out;
  Out.File = File.str();
  Out.Module = In.Module;
  Out.Composite = In.Composite;
  const SourceManager &SM = Ctx.getSourceManager();
  Out.Source =
      SM.getFilename(SM.getLocForStartOfFile(SM.getMainFileID())).str();
  Writer(Model, Ctx, Out, In).run();
  Record R;
  recordModel(R, Model, llvm::DenseMap<const FunctionDecl *, std::string>(),
              Ctx.getSourceManager());
  for (const std::string &Line : R.Lines)
    if (auto Value = llvm::json::parse(Line)) {
      const llvm::json::Object *O = Value->getAsObject();
      (O->getString("type") == "fence" ? Out.Fences : Out.Doors)
          .push_back(std::move(*Value));
    } else {
      llvm::consumeError(Value.takeError());
    }
  return Out;
}

std::string strongfence::digestOf(const SourceManager &SM) {
  std::map<std::string, uint64_t> Files;
  for (auto It = SM.fileinfo_begin(); It != SM.fileinfo_end(); ++It)
    if (auto Buffer = It->second->getBufferIfLoaded())
      Files[It->first.getName().str()] =
          llvm::xxh3_64bits(Buffer->getBuffer());
  std::string All;
  for (const auto &[Name, Hash] : Files)
    All += Name + " " + llvm::utohexstr(Hash) + "\n";
  return llvm::utohexstr(llvm::xxh3_64bits(All), /*LowerCase=*/true);
}
