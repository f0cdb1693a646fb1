// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// teardown.MmapOutlivesDevice: user space keeps a mapping of what teardown
// takes away (obligation F8).
//
// Found: mmap() or a fault handler maps registers of the device, or memory
// that teardown or devres frees, and no teardown takes the mapping away; or
// teardown takes it away while a fault handler can still map it again; or
// mmap() itself maps, before unmap_mapping_range() can see the mapping. Not
// found: pages that the mapping holds references on, memory that is freed when
// the last file is closed, a teardown in another unit.

#include "model/PathState.h"
#include "model/Report.h"

using namespace clang;
using namespace ento;
using namespace strongfence;

namespace {

class Judge {
public:
  Judge(const UnitModel &Model, ASTContext &Ctx, const BugType &Type,
        BugReporter &BR)
      : Model(Model), K(Model.K), Ctx(Ctx), Type(Type), BR(BR) {}

  void run() {
    for (const Door &D : Model.Doors)
      if (Model.isExplored(D) && (D.Slot == "mmap" || isFault(D)))
        door(D);
  }

private:
  const UnitModel &Model;
  const Kernel &K;
  ASTContext &Ctx;
  const BugType &Type;
  BugReporter &BR;
  llvm::DenseSet<const Expr *> Reported;

  static bool isFault(const Door &D) {
    return D.Slot == "fault" || D.Slot == "huge_fault" ||
           D.Slot == "pfn_mkwrite" || D.Slot == "page_mkwrite";
  }

  bool means(const Event &E, StringRef Meaning) const {
    return E.K == Event::Call && E.Callee->getIdentifier() &&
           K.means(E.Callee->getName(), Meaning) >= 0;
  }

  void door(const Door &D) {
    for (const Event &E : tell(D.Function, K, Ctx)) {
      if (!means(E, "map") || Reported.count(E.Site))
        continue;
      const auto *Call = cast<CallExpr>(E.Site);
      unsigned Argument = K.means(E.Callee->getName(), "map");
      if (Argument >= Call->getNumArgs())
        continue;
      std::string What = gone(Call->getArg(Argument), E);
      if (!What.empty())
        judge(D, E, What);
    }
  }

  struct Zap {
    const Teardown *By = nullptr;
    size_t At = 0;
    const Event *E = nullptr;
  };

  void judge(const Door &D, const Event &Map, const std::string &What) {
    Zap Found;
    for (const Teardown &T : Model.Teardowns)
      for (size_t I = 0; I != T.Told.size(); ++I)
        if (means(T.Told[I], "zap") || means(T.Told[I], "zap-vma"))
          Found = {&T, I, &T.Told[I]};
    std::string In = Map.In->getNameAsString();
    std::string Calls = Map.Callee->getNameAsString();
    if (!Found.E) {
      // Another unit of the driver may.
      for (const Teardown &T : Model.Teardowns)
        for (const Event &E : T.Told)
          if (E.K == Event::Call && !definition(E.Callee) &&
              E.Callee->getIdentifier() &&
              (E.Callee->getName().contains("unmap_mapping") ||
               E.Callee->getName().contains("zap")))
            return;
      report(D, Map, nullptr, nullptr,
             "'" + In + "' maps " + What + " to user space by '" + Calls +
                 "', and no teardown takes the mapping away");
      return;
    }
    std::string Zaps = Found.E->Callee->getNameAsString();
    if (!isFault(D)) {
      if (means(*Found.E, "zap"))
        report(D, Map, Found.E, Found.By,
               "'" + In + "' maps " + What + " while mmap runs, when '" +
                   Zaps + "' in '" + Found.E->In->getNameAsString() +
                   "' does not see the mapping yet");
      return;
    }
    // A fault that is inside the gate maps once more.
    for (const Held &H : Map.Locks)
      for (size_t I = Found.At + 1; I != Found.By->Told.size(); ++I) {
        const Event &Shut = Found.By->Told[I];
        if ((Shut.K != Event::Barrier && Shut.K != Event::Acquire) ||
            Shut.What != H.Lock || shutBefore(H.Lock, Found))
          continue;
        report(D, Map, Found.E, Found.By,
               "'" + In + "' maps " + What + " under '" +
                   H.Lock->getNameAsString() + "', and '" +
                   Found.E->In->getNameAsString() +
                   "' takes mappings away before '" +
                   Shut.In->getNameAsString() + "' shuts it");
        return;
      }
  }

  bool shutBefore(Identity Lock, const Zap &Found) const {
    for (size_t I = 0; I != Found.At; ++I) {
      const Event &E = Found.By->Told[I];
      if ((E.K == Event::Barrier || E.K == Event::Acquire) && E.What == Lock)
        return true;
    }
    return false;
  }

  /// What the mapped memory is, when it goes with the device; else empty.
  std::string gone(const Expr *E, const Event &Map) const {
    StringRef Callee = Map.Callee->getName();
    if (Callee.starts_with("dma_mmap"))
      return freed(E);
    bool Frame = false;
    std::string Why = source(E, Frame, 4);
    if (!Why.empty())
      return Why;
    if (Frame)
      return "";
    if (Callee == "io_remap_pfn_range" || Callee == "vm_iomap_memory")
      return "registers of the device";
    // The operations that teardown takes away give the frame.
    if (asks(E))
      for (const Held &H : Map.Locks)
        for (const Fence &F : Model.Gate.Offered)
          if (F.Lock == H.Lock && !F.TakenBy.empty())
            return "memory of the device";
    return "";
  }

  std::string freed(const Expr *E) const {
    Identity Id = identify(E, K);
    auto It = Id ? Model.Life.Freed.find(Id) : Model.Life.Freed.end();
    if (It == Model.Life.Freed.end() || lastCloseFrees(Id))
      return "";
    return "'" + Id->getNameAsString() + "', which " +
           (It->second.Managed ? std::string("devres frees,")
                               : "'" + It->second.By->getNameAsString() +
                                     "' frees,");
  }

  /// A mapping keeps its file open.
  bool lastCloseFrees(Identity Id) const {
    for (const Door &D : Model.Doors)
      if (D.Slot == "release")
        for (const Event &E : tell(D.Function, K, Ctx, /*Puts=*/true))
          if (means(E, "free"))
            for (Identity Arg : E.Args)
              if (Arg == Id)
                return true;
    return false;
  }

  static bool asks(const Stmt *S) {
    if (const auto *Call = dyn_cast_or_null<CallExpr>(S))
      if (!Call->getDirectCallee())
        return true;
    return S && llvm::any_of(S->children(),
                             [](const Stmt *Child) { return asks(Child); });
  }

  /// Walks from the frame to what it was made of. \p Frame: memory of the
  /// kernel's was asked for its frame.
  std::string source(const Stmt *S, bool &Frame, unsigned Depth) const {
    if (!S || !Depth)
      return "";
    if (const auto *Call = dyn_cast<CallExpr>(S)) {
      int Argument = K.means(calleeName(Call), "frame");
      if (Argument >= 0 && unsigned(Argument) < Call->getNumArgs()) {
        Frame = true;
        return freed(Call->getArg(Argument));
      }
    }
    if (const auto *M = dyn_cast<MemberExpr>(S)) {
      auto Field = cast<ValueDecl>(M->getMemberDecl()->getCanonicalDecl());
      // A resource on the stack is one that was looked up elsewhere, as reserved
      // memory is.
      if (ownerName(Field) == "resource" && Field->getName() == "start") {
        const auto *Ref =
            dyn_cast<DeclRefExpr>(M->getBase()->IgnoreParenImpCasts());
        return Ref && !M->isArrow() ? "" : "registers of the device";
      }
      if (K.means((ownerName(Field) + "." + Field->getName()).str(),
                  "frame") >= 0) {
        Frame = true;
        return "";
      }
      bool Stored = false;
      for (const FieldStore &Store : Model.Unit.Stores) {
        if (Store.Field->getCanonicalDecl() != Field)
          continue;
        Stored = true;
        if (std::string Why = source(Store.Value, Frame, Depth - 1);
            !Why.empty())
          return Why;
      }
      // Who wrote a core wrote "physical address" and means the driver's.
      return Stored || !isPhysical(Field->getType()) ? ""
                                                     : "memory of the device";
    }
    if (const auto *Ref = dyn_cast<DeclRefExpr>(S)) {
      const auto *Var = dyn_cast<VarDecl>(Ref->getDecl());
      if (!Var || Var->hasGlobalStorage() || isa<ParmVarDecl>(Var))
        return "";
      if (Var->getInit())
        if (std::string Why = source(Var->getInit(), Frame, Depth - 1);
            !Why.empty())
          return Why;
      const auto *In = dyn_cast<FunctionDecl>(Var->getDeclContext());
      return In ? stored(In->getBody(), Var, Frame, Depth - 1) : "";
    }
    for (const Stmt *Child : S->children())
      if (std::string Why = source(Child, Frame, Depth); !Why.empty())
        return Why;
    return "";
  }

  static bool isPhysical(QualType Type) {
    for (const auto *T = Type->getAs<TypedefType>(); T;
         T = T->desugar()->getAs<TypedefType>()) {
      StringRef Name = T->getDecl()->getName();
      if (Name == "dma_addr_t")
        return false;
      if (Name == "phys_addr_t" || Name == "resource_size_t" || Name == "u64")
        return true;
    }
    return false;
  }

  std::string stored(const Stmt *S, const VarDecl *Var, bool &Frame,
                     unsigned Depth) const {
    if (!S || !Depth)
      return "";
    if (const auto *B = dyn_cast<BinaryOperator>(S))
      if (B->isAssignmentOp())
        if (const auto *Ref =
                dyn_cast<DeclRefExpr>(B->getLHS()->IgnoreParens()))
          if (Ref->getDecl() == Var)
            return source(B->getRHS(), Frame, Depth);
    for (const Stmt *Child : S->children())
      if (std::string Why = stored(Child, Var, Frame, Depth); !Why.empty())
        return Why;
    return "";
  }

  void report(const Door &D, const Event &Map, const Event *Zap,
              const Teardown *By, std::string Message) {
    if (!Reported.insert(Map.Site).second)
      return;
    TeardownFinding F;
    F.Message = std::move(Message);
    F.In = Map.In;
    F.Site = Map.Site;
    F.Says = "Maps it to user space";
    const FunctionDecl *Root = By ? By->Root : Model.mainTeardown();
    if (Zap)
      F.Steps = {{Zap->Site, "'" + Zap->In->getNameAsString() +
                                 "' takes mappings away",
                  true}};
    F.Door = D.Function;
    F.Slot = D.Slot;
    F.Table = D.Table->getNameAsString();
    F.Teardown = Root;
    F.Severity = Model.severity(Root);
    reportFinding(F, Type, "MmapOutlivesDevice", BR);
  }
};

class MmapOutlivesDevice
    : public Checker<check::ASTDecl<TranslationUnitDecl>> {
  const BugType Type{this, "Mapping outlives the device", "Teardown"};

public:
  void checkASTDecl(const TranslationUnitDecl *, AnalysisManager &Mgr,
                    BugReporter &BR) const {
    const UnitModel *Model = modelOf(*Mgr.getCheckerManager());
    if (Model && !Model->Teardowns.empty())
      Judge(*Model, Mgr.getASTContext(), Type, BR).run();
  }
};

} // namespace

void registerMmapOutlivesDevice(CheckerManager &Mgr) {
  Mgr.registerChecker<MmapOutlivesDevice>();
}
