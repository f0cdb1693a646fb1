// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// teardown.UnreferencedOpen: open leaves an object in the file that it took no
// reference on, and teardown frees it while the file is open (obligation F1).
//
// Found: an object that open stores, directly or in the file's own struct, and
// that teardown frees, puts for the last time, or gives back to its owner; one
// of the parent's; a reference that is taken after the lookup's lock was
// dropped; an open count in an object whose mutex teardown still releases when
// the last close frees it. One finding for each open function. Not found: devm
// memory and frees that ignore a reference (FreedUnderOpenFile), objects that
// the cdev's parent keeps, and frees that depend on an open count.

#include "model/FileStory.h"

using namespace clang;
using namespace ento;
using namespace strongfence;

namespace {

/// The dispatcher holds a lock over open that deregistration takes as well:
/// misc_open(), usb_open(), dvb_device_open().
bool dispatcherLocks(const Open &O) {
  return O.RegisteredAs == "misc" || O.RegisteredAs == "usb" ||
         O.RegisteredAs == "dvb";
}

class Judge {
public:
  Judge(const UnitModel &Model, ASTContext &Ctx) : Model(Model), Ctx(Ctx) {}

  std::vector<TeardownFinding> run() {
    llvm::DenseSet<const FunctionDecl *> Done;
    if (!Model.Gate.WaitsForClose)
      for (const Open &O : Model.Opens)
        if (O.Function && !O.Drained && Done.insert(O.Function).second)
          for (const Kept &Keep : O.Keeps)
            if (!Keep.Own && !isRevoked(Keep, Model) && judge(O, Keep))
              break;
    return std::move(Out);
  }

private:
  const UnitModel &Model;
  ASTContext &Ctx;
  std::vector<TeardownFinding> Out;

  bool judge(const Open &O, const Kept &Keep) {
    const RecordDecl *R = Keep.What;
    const Storage &Memory = Model.Memory;
    if (Memory.passing(R, Passing::Devres))
      return false;
    bool Referenced = O.references(R, Model.K) > 0;
    if (const Passing *P = Memory.passing(R, Passing::Freed))
      return !Referenced &&
             freed(O, Keep, *P, quoted(P->By) + " frees it");
    if (const Passing *P = Memory.passing(R, Passing::LastPut)) {
      if (Referenced)
        return !dispatcherLocks(O) && late(O, Keep, *P);
      return !Memory.isParent(R) &&
             freed(O, Keep, *P, quoted(P->By) + " puts the last one");
    }
    if (Referenced)
      return false;
    if (countsOnly(O, Keep))
      return true;
    // A reference on another object may keep this one.
    if (O.takesAny(Model.K))
      return false;
    if (const Teardown *T = Memory.givesBack(R, Model.Teardowns, Model.K))
      return givenBack(O, Keep, *T);
    return ofParent(O, Keep);
  }

  TeardownFinding start(const Open &O, const Kept &Keep) {
    TeardownFinding F;
    F.In = Keep.In;
    F.Site = Keep.Site;
    F.Says = "Leaves " + quoted(Keep.What) + " in the file without a reference";
    F.Door = O.Function;
    F.Slot = "open";
    setTable(F, O, Keep.What);
    return F;
  }

  void finish(TeardownFinding &F, const FunctionDecl *By) {
    if (Model.severity(By) == "low")
      return; // nobody can unbind it while the module is in use: S10
    F.Teardown = By;
    F.Severity = Model.severity(By);
    Out.push_back(std::move(F));
  }

  bool freed(const Open &O, const Kept &Keep, const Passing &P,
             const std::string &How) {
    TeardownFinding F = start(O, Keep);
    F.Message = quoted(Keep.In) + " keeps " + quoted(Keep.What) +
                " without a reference, and " + How + " while the file is open";
    addCdev(F, Keep.What, Model);
    addDeregistration(F, P.By, Model);
    addPassing(F, Keep.What, P, Model);
    finish(F, P.By);
    return true;
  }

  bool givenBack(const Open &O, const Kept &Keep, const Teardown &T) {
    TeardownFinding F = start(O, Keep);
    F.Message = quoted(Keep.In) + " keeps " + quoted(Keep.What) +
                " without a reference, and " + quoted(T.Root) +
                " gives it back to its owner while the file is open";
    addCdev(F, Keep.What, Model);
    addDeregistration(F, T.Root, Model);
    finish(F, T.Root);
    return true;
  }

  /// dev_get_drvdata(x->parent): the parent's driver frees it.
  bool ofParent(const Open &O, const Kept &Keep) {
    const VarDecl *V = variableOf(Keep.Value);
    if (!V || !Model.hasRemove() || Model.Memory.allocated(Keep.What))
      return false;
    for (const Expr *From : valuesOf(V, Keep.In)) {
      const auto *Call = dyn_cast<CallExpr>(From->IgnoreParenCasts());
      int Argument = Call ? Model.K.means(calleeName(Call), "drvdata") : -1;
      if (Argument < 0 || unsigned(Argument) >= Call->getNumArgs())
        continue;
      const auto *M = dyn_cast<MemberExpr>(
          Call->getArg(Argument)->IgnoreParenCasts());
      if (!M || M->getMemberDecl()->getNameAsString() != "parent")
        continue;
      const FunctionDecl *By = Model.mainTeardown();
      TeardownFinding F = start(O, Keep);
      F.Message = quoted(Keep.In) + " keeps " + quoted(Keep.What) +
                  " of the parent device without a reference, and it goes "
                  "with the parent while the file is open";
      F.Steps.push_back(
          {Call, quoted(Keep.In) + " asks the parent device for it", false});
      addDeregistration(F, By, Model);
      finish(F, By);
      return true;
    }
    return false;
  }

  /// The reference is not taken under the lock under which teardown takes the
  /// pointer away.
  bool late(const Open &O, const Kept &Keep, const Passing &P) {
    const Event *Get = O.reference(Keep.What, Model.K);
    const auto *Call =
        Get ? dyn_cast_or_null<CallExpr>(Get->Site) : nullptr;
    if (!Call || !Call->getNumArgs())
      return false;
    const VarDecl *V = variableOf(Call->getArg(0));
    if (!V)
      return false;
    for (const Teardown &T : Model.Teardowns)
      for (const Event &Kill : T.Told) {
        if (Kill.K != Event::Kill || !Kill.What || Kill.Locks.empty() ||
            !comesFrom(V, Get->In, Kill.What))
          continue;
        Identity Lock = Kill.Locks.back().Lock;
        if (llvm::any_of(Kill.Locks, [&](const Held &H) {
              return holds(*Get, H.Lock);
            }))
          return false;
        const Event *Release = nullptr;
        for (const Event &E : O.Told) {
          if (&E == Get)
            break;
          if (E.K == Event::Release && E.What == Lock && E.In == Get->In)
            Release = &E;
        }
        if (!Release || !Release->Site)
          continue;
        TeardownFinding F = start(O, Keep);
        F.In = Get->In;
        F.Site = Get->Site;
        F.Message = quoted(Get->In) + " takes its reference on " +
                    quoted(Keep.What) + " after it released " +
                    describe(Lock) + ", and " + quoted(Kill.In) +
                    " may have put the last one";
        F.Says = "Takes a reference on what may be freed";
        F.Steps.push_back({Release->Site,
                           quoted(Get->In) + " releases " + describe(Lock) +
                               ", under which it found " + quoted(Keep.What),
                           false});
        F.Steps.push_back({Kill.Site,
                           quoted(Kill.In) + " takes it out of " +
                               describe(Kill.What),
                           true});
        addPassing(F, Keep.What, P, Model);
        finish(F, T.Root);
        return true;
      }
    return false;
  }

  bool comesFrom(const VarDecl *V, const FunctionDecl *In, Identity Source) {
    return llvm::any_of(valuesOf(V, In), [&](const Expr *From) {
      if (identify(From, Model.K) == Source)
        return true;
      const auto *Call = dyn_cast<CallExpr>(From->IgnoreParenCasts());
      return Call && llvm::any_of(Call->arguments(), [&](const Expr *Arg) {
               return identify(Arg, Model.K) == Source;
             });
    });
  }

  /// The last close frees the object when teardown has been there, by a count
  /// under a mutex in the object. mutex_unlock() is not done with the mutex when
  /// the next one has it (Documentation/locking/mutex-design.rst).
  bool countsOnly(const Open &O, const Kept &Keep) {
    const RecordDecl *R = Keep.What;
    const Door *Release = nullptr;
    for (const Door &D : Model.Doors)
      if (D.Table == O.Table && D.Slot == "release")
        Release = &D;
    if (!Release)
      return false;
    Story Told = tell(Release->Function, Model.K, Ctx, /*Puts=*/true);
    const Event *Unlock = nullptr, *Free = nullptr;
    for (const Event &E : Told) {
      bool Mutex = E.What && structName(E.What->getType()) == "mutex" &&
                   isa<FieldDecl>(E.What) &&
                   cast<FieldDecl>(E.What)->getParent() == R;
      if (E.K == Event::Release && Mutex && E.Site)
        Unlock = &E;
      const auto *Call = dyn_cast_or_null<CallExpr>(E.Site);
      StringRef Name = Call ? calleeName(Call) : StringRef();
      // A reference after all, and its last put.
      if ((Name.contains("and_test") || Model.K.means(Name, "put") >= 0) &&
          llvm::any_of(Call->arguments(),
                       [&](const Expr *Arg) { return isA(Arg, R); }))
        return false;
      if (Unlock && freedBy(E, Model.K) == R && E.Conditional &&
          !holds(E, Unlock->What)) {
        Free = &E;
        break;
      }
    }
    if (!Free)
      return false;
    for (const Teardown &T : Model.Teardowns) {
      bool Killed = false;
      for (const Event &E : T.Told) {
        Killed |= E.K == Event::Kill && holds(E, Unlock->What);
        if (!Killed || E.K != Event::Release || E.What != Unlock->What ||
            !E.Site || llvm::any_of(Free->Locks, [&](const Held &H) {
              return holds(E, H.Lock); // it waits for that one
            }))
          continue;
        std::string Lock = "'" + Unlock->What->getNameAsString() + "'";
        TeardownFinding F = start(O, Keep);
        F.Message = quoted(Keep.In) + " counts itself in " + quoted(R) +
                    " instead of taking a reference, and " +
                    quoted(Free->In) + " may free it while " +
                    quoted(E.In) + " still releases " + Lock + " in it";
        F.Says = "Keeps " + quoted(R) + " with an open count for a reference";
        F.Steps.push_back({Unlock->Site,
                           quoted(Unlock->In) + " releases " + Lock, false});
        F.Steps.push_back(
            {Free->Site, quoted(Free->In) + " frees " + quoted(R), false});
        F.Steps.push_back(
            {E.Site, quoted(E.In) + " has not left mutex_unlock() yet", true});
        finish(F, T.Root);
        return true;
      }
    }
    return false;
  }
};

class UnreferencedOpen : public Checker<check::ASTDecl<TranslationUnitDecl>> {
  const BugType Type{this, "Open without a reference", "Teardown"};

public:
  void checkASTDecl(const TranslationUnitDecl *, AnalysisManager &Mgr,
                    BugReporter &BR) const {
    const UnitModel *Model = modelOf(*Mgr.getCheckerManager());
    if (!Model || Model->Teardowns.empty())
      return;
    llvm::StringMap<bool> Said;
    for (const TeardownFinding &F : Judge(*Model, Mgr.getASTContext()).run())
      if (Said.try_emplace(F.Message, true).second)
        reportFinding(F, Type, "UnreferencedOpen", BR);
  }
};

} // namespace

void registerUnreferencedOpen(CheckerManager &Mgr) {
  Mgr.registerChecker<UnreferencedOpen>();
}
