// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// teardown.FreedUnderOpenFile: what an open file reaches, or the fence itself,
// lives in memory that teardown or devres frees while files are open
// (obligation F1).
//
// Found: a struct that operations reach through their file and that is devm
// memory, or that teardown frees although open took a reference or the core
// stored the pointer (misc_open()); a cdev in a struct that the last put frees,
// without a parent; a fence's lock in such memory, however well it is used. One
// finding for each struct and ops table. Not found: what open found and kept
// without a reference (UnreferencedOpen), a touch of what the struct points to
// (UnfencedFileOp), and frees that depend on an open count.

#include "model/FileStory.h"
#include "model/FileUses.h"

using namespace clang;
using namespace ento;
using namespace strongfence;

namespace {

/// Operations that a reader of the report looks at first.
unsigned rank(const Door &D) {
  unsigned I = 0;
  for (StringRef Slot : {"read", "read_iter", "write", "write_iter",
                         "unlocked_ioctl", "compat_ioctl", "poll", "release"}) {
    if (D.Slot == Slot)
      return I;
    ++I;
  }
  return I;
}

class Judge {
public:
  Judge(const UnitModel &Model, ASTContext &Ctx) : Model(Model), Ctx(Ctx) {}

  std::vector<std::pair<TeardownFinding, const Door *>> run() {
    if (!Model.Gate.WaitsForClose)
      for (const Open &O : Model.Opens)
        table(O);
    return std::move(Out);
  }

private:
  const UnitModel &Model;
  ASTContext &Ctx;
  std::vector<std::pair<TeardownFinding, const Door *>> Out;

  /// "devres frees after 'foo_remove'" and its like.
  static std::string goes(const Passing &P) {
    if (P.K == Passing::Freed)
      return quoted(P.By) + " frees";
    return P.By ? "devres frees after " + quoted(P.By)
                : "devres frees at unbind";
  }

  /// The explicit free comes before that of devres.
  const Passing *passing(const RecordDecl *R) const {
    if (const Passing *P = Model.Memory.passing(R, Passing::Freed))
      return P;
    return Model.Memory.passing(R, Passing::Devres);
  }

  const Kept *kept(const Open &O, const RecordDecl *R) const {
    for (const Kept &Each : O.Keeps)
      if (Each.What == R && !Each.Own)
        return &Each;
    return nullptr;
  }

  /// The door keeps teardown out: a registry that all doors share says first
  /// whether the object is there, and debugfs_remove() waits for
  /// debugfs_file_put().
  bool isGuarded(const Door &D) const {
    for (const Event &E : tell(D.Function, Model.K, Ctx))
      if (E.K == Event::Call && E.Callee->getIdentifier() &&
          Model.K.means(E.Callee->getName(), "file-reference") >= 0)
        return true;
    return llvm::any_of(Model.Gate.Strong, [&](const Fence &F) {
      return isa<VarDecl>(F.Lock) && llvm::is_contained(F.TakenBy, D.Function);
    });
  }

  void table(const Open &O) {
    std::vector<const Door *> Doors;
    for (const Door &D : Model.Doors)
      if (D.Table == O.Table && !D.CoreFenced)
        Doors.push_back(&D);
    llvm::stable_sort(Doors, [](const Door *A, const Door *B) {
      return rank(*A) < rank(*B);
    });
    llvm::DenseSet<const RecordDecl *> Done;
    for (const Door *D : Doors) {
      if (isGuarded(*D))
        continue;
      for (const FileUse &Use : fileUses(*D, O, Model.K, Ctx))
        if (const Passing *P = passing(Use.What))
          if (!Done.contains(Use.What) && isOurs(O, Use.What, *P)) {
            Done.insert(Use.What);
            used(O, *D, Use, *P);
          }
    }
    for (const Kept &Keep : O.Keeps)
      Done.insert(Keep.What); // reported above, or UnreferencedOpen's
    if (O.Drained)
      return;
    for (const Door *D : Doors)
      fenceIn(O, *D, Done);
    if (O.RegisteredAs == "cdev" || O.RegisteredAs == "file")
      for (const Kept &Keep : O.Keeps)
        if (!Keep.Own)
          cdevIn(O, Keep);
  }

  bool isOurs(const Open &O, const RecordDecl *R, const Passing &P) const {
    const Kept *Keep = kept(O, R);
    if (Keep && isRevoked(*Keep, Model))
      return false;
    if (P.K == Passing::Devres || !Keep)
      return true;
    // Also devm memory that remove() gives back early.
    return Model.Memory.passing(R, Passing::Devres) ||
           O.references(R, Model.K) > 0;
  }

  void used(const Open &O, const Door &D, const FileUse &Use,
            const Passing &P) {
    TeardownFinding F;
    F.Message = quoted(Use.In) + " uses " + quoted(Use.What) + ", which " +
                goes(P) + " while files are open";
    F.In = Use.In;
    F.Site = Use.Site;
    F.Says = "Uses '" + Use.Member->getNameAsString() + "' of " +
             quoted(Use.What);
    if (const Kept *Keep = kept(O, Use.What)) {
      F.Steps.push_back({Keep->Site,
                         quoted(Keep->In) + " leaves " + quoted(Use.What) +
                             " in the file",
                         false});
      if (const Event *Get = O.reference(Use.What, Model.K))
        if (P.K == Passing::Freed)
          F.Steps.push_back({Get->Site,
                             quoted(Get->In) + " takes a reference on it",
                             false});
    }
    addCdev(F, Use.What, Model);
    finish(F, O, D, Use.What, P);
  }

  /// The lock of a fence in memory that goes: N8 of the catalogue.
  void fenceIn(const Open &O, const Door &D,
               llvm::DenseSet<const RecordDecl *> &Done) {
    for (const Event &E : tell(D.Function, Model.K, Ctx)) {
      // A reference for this operation, which teardown may wait for: S4b.
      if (E.K == Event::Call && E.Callee->getIdentifier() &&
          Model.K.means(E.Callee->getName(), "get") >= 0)
        return;
      const auto *Lock = dyn_cast_or_null<FieldDecl>(E.What);
      if ((E.K != Event::Acquire && E.K != Event::TryGet) || !Lock ||
          !E.Locks.empty() ||
          !llvm::any_of(Model.Gate.Strong, [&](const Fence &F) {
            return F.Lock == E.What;
          }))
        continue;
      const RecordDecl *R = Lock->getParent();
      const Passing *P = passing(R);
      if (!P || !Done.insert(R).second)
        continue;
      TeardownFinding F;
      F.Message = quoted(E.In) + " takes '" + Lock->getNameAsString() +
                  "' of " + quoted(R) + ", a fence that " + goes(*P) +
                  " while files are open";
      F.In = E.In;
      F.Site = E.Site;
      F.Says = "Takes '" + Lock->getNameAsString() + "' of " + quoted(R);
      finish(F, O, D, R, *P);
    }
  }

  /// The VFS puts the cdev when release() has put the last reference.
  void cdevIn(const Open &O, const Kept &Keep) {
    const Expr *Added = Model.Memory.cdevAdded(Keep.What);
    const Passing *P = Model.Memory.passing(Keep.What, Passing::LastPut);
    if (!Added || !P || Model.Memory.isParent(Keep.What) ||
        O.references(Keep.What, Model.K) == 0 || isRevoked(Keep, Model))
      return;
    const Door *Release = nullptr;
    for (const Door &D : Model.Doors)
      if (D.Table == O.Table && D.Slot == "release")
        Release = &D;
    const FunctionDecl *In = nullptr;
    for (const CallSite &Site : Model.Unit.Calls)
      if (Site.Call == Added)
        In = Site.In;
    if (!In || !Release)
      return;
    TeardownFinding F;
    F.Message = "The cdev that " + quoted(In) + " adds has no parent, and " +
                quoted(Release->Function) + " may free " + quoted(Keep.What) +
                ", which it lies in, while the file holds it";
    F.In = In;
    F.Site = Added;
    F.Says = "Adds the cdev in " + quoted(Keep.What) + " without a parent";
    if (const Event *Get = O.reference(Keep.What, Model.K))
      F.Steps.push_back({Get->Site,
                         quoted(Get->In) +
                             " takes a reference, which is put before the cdev",
                         false});
    finish(F, O, *Release, Keep.What, *P);
  }

  void finish(TeardownFinding &F, const Open &O, const Door &D,
              const RecordDecl *R, const Passing &P) {
    const FunctionDecl *By = P.By ? P.By : Model.mainTeardown();
    if (Model.severity(By) == "low")
      return; // nobody can unbind it while the module is in use: S10
    addDeregistration(F, By, Model);
    addPassing(F, R, P, Model);
    F.Door = D.Function;
    F.Slot = D.Slot;
    setTable(F, O, R);
    F.Teardown = By;
    F.Severity = Model.severity(By);
    Out.push_back({std::move(F), &D});
  }
};

class FreedUnderOpenFile : public Checker<check::ASTDecl<TranslationUnitDecl>> {
  const BugType Type{this, "Memory freed under an open file", "Teardown"};

public:
  void checkASTDecl(const TranslationUnitDecl *, AnalysisManager &Mgr,
                    BugReporter &BR) const {
    CheckerManager &Checkers = *Mgr.getCheckerManager();
    const UnitModel *Model = modelOf(Checkers);
    if (!Model || Model->Teardowns.empty())
      return;
    llvm::StringMap<bool> Said;
    for (const auto &[F, D] : Judge(*Model, Mgr.getASTContext()).run()) {
      noteVerdict(Checkers, *D, Verdict());
      if (Said.try_emplace(F.Message, true).second)
        reportFinding(F, Type, "FreedUnderOpenFile", BR);
    }
  }
};

} // namespace

void registerFreedUnderOpenFile(CheckerManager &Mgr) {
  Mgr.registerChecker<FreedUnderOpenFile>();
}
