// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Report.h"
#include "model/Fingerprint.h"
#include "model/Record.h"

using namespace clang;
using namespace ento;
using namespace strongfence;

/// "unmaps it", "gives it back".
static std::string withIt(StringRef Verb) {
  auto [Word, Rest] = Verb.split(' ');
  return (Word + " it" + (Rest.empty() ? "" : " ") + Rest).str();
}

void strongfence::reportTouchAt(ExplodedNode *Node, const BugType &Type,
                                StringRef Rule, const std::string &Message,
                                const Touch &T, const Door &D,
                                const Verdict &V, BugReporter &BR,
                                const UnitModel &Model) {
  auto Report = std::make_unique<PathSensitiveBugReport>(Type, Message, Node);
  Report->addRange(T.Site->getSourceRange());
  const SourceManager &SM = BR.getSourceManager();
  auto other = [&](const Expr *Site, std::string Text) {
    if (Site)
      Report->addNote(Text, PathDiagnosticLocation(
                                SM.getExpansionLoc(Site->getBeginLoc()), SM));
  };
  const FunctionDecl *By = T.How.By ? T.How.By : Model.mainTeardown();
  std::string Root = By->getNameAsString();
  for (const Teardown &Each : Model.Teardowns) {
    if (Each.Root != By)
      continue;
    for (const Event &E : Each.Told)
      if (E.K == Event::Call && E.Callee->getIdentifier() &&
          Model.K.means(E.Callee->getName(), "deregister") >= 0) {
        other(E.Site, "'" + Root + "' calls '" + E.Callee->getNameAsString() +
                          "', which does not wait for operations on open files");
        break;
      }
  }
  if (V.Predicate) {
    auto Kill = Model.Gate.Kills.find(V.Predicate);
    if (Kill != Model.Gate.Kills.end())
      other(Kill->second.Kill, "'" + Kill->second.Teardown->getNameAsString() +
                                   "' ends " + describe(V.Predicate));
  }
  if (T.How.Managed)
    other(T.How.Site, "Managed from here: devres " + withIt(T.Verb) +
                          (Model.onlyActions()
                               ? " when the driver is unbound"
                               : " once '" + Root + "' has returned"));
  else
    other(T.How.Site, "'" + Root + "' " + withIt(T.Verb));
  if (Record *R = currentRecord()) {
    FindingDetail Detail;
    Detail.Severity = Model.severity(By).str();
    // What is to be mended is the test.
    if (V.TestedIn)
      Detail.Function = V.TestedIn->getNameAsString();
    Detail.Door = D.Function->getNameAsString();
    Detail.Slot = D.Slot;
    Detail.Table = D.Table->getNameAsString();
    Detail.Struct = T.Struct;
    Detail.Teardown = Root;
    Detail.Step = T.Does;
    Detail.Step[0] = llvm::toUpper(Detail.Step[0]);
    R->Details[{("teardown." + Rule).str(), Message}] = Detail;
  }
  noteFingerprint(*Report, Rule, D.Function->getNameAsString(), BR);
  BR.emitReport(std::move(Report));
}

void strongfence::reportFinding(const TeardownFinding &F, const BugType &Type,
                                StringRef Rule, BugReporter &BR) {
  const SourceManager &SM = BR.getSourceManager();
  auto at = [&](const Expr *E) {
    return PathDiagnosticLocation(SM.getExpansionLoc(E->getBeginLoc()), SM);
  };
  auto Report = std::make_unique<BasicBugReport>(Type, F.Message, at(F.Site));
  Report->setDeclWithIssue(F.In);
  FindingDetail Detail;
  if (F.Door)
    Detail.Door = F.Door->getNameAsString();
  for (const Step &Each : F.Steps) {
    Report->addNote(Each.Text, at(Each.Site));
    Detail.Unbinds.push_back(Each.Unbind);
    Detail.After += Each.After;
  }
  noteFingerprint(*Report, Rule, Detail.Door, BR);
  if (Record *R = currentRecord()) {
    Detail.Severity = F.Severity.str();
    Detail.Slot = F.Slot;
    Detail.Table = F.Table;
    Detail.Struct = F.Struct;
    if (F.Teardown)
      Detail.Teardown = F.Teardown->getNameAsString();
    Detail.Step = F.Says;
    Detail.InTeardown = F.InTeardown;
    R->Details[{("teardown." + Rule).str(), F.Message}] = std::move(Detail);
  }
  BR.emitReport(std::move(Report));
}
