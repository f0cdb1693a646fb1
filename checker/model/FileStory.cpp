// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/FileStory.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace strongfence;

std::string strongfence::quoted(const RecordDecl *R) {
  StringRef Name = R->getName();
  if (Name.empty())
    if (const TypedefNameDecl *T = R->getTypedefNameForAnonDecl())
      return ("'" + T->getName() + "'").str();
  return ("'struct " + Name + "'").str();
}

std::string strongfence::quoted(const FunctionDecl *F) {
  return "'" + F->getNameAsString() + "'";
}

void strongfence::addDeregistration(TeardownFinding &F,
                                    const FunctionDecl *Root,
                                    const UnitModel &Model) {
  for (const Teardown &T : Model.Teardowns) {
    if (T.Root != Root)
      continue;
    for (const Event &E : T.Told)
      if (E.K == Event::Call && E.Callee->getIdentifier() &&
          Model.K.means(E.Callee->getName(), "deregister") >= 0) {
        F.Steps.push_back({E.Site,
                           quoted(E.In) + " calls " + quoted(E.Callee) +
                               ", which does not wait until files are closed",
                           true});
        return;
      }
  }
}

void strongfence::addPassing(TeardownFinding &F, const RecordDecl *R,
                             const Passing &P, const UnitModel &Model) {
  std::string Text;
  switch (P.K) {
  case Passing::Devres:
    Text = quoted(R) + " is managed: devres frees it " +
           (P.By ? "once " + quoted(P.By) + " has returned"
                 : "when the driver is unbound");
    break;
  case Passing::Freed:
    Text = quoted(P.In) + " frees " + quoted(R);
    break;
  case Passing::LastPut:
    Text = quoted(P.In) + " puts its reference on " + quoted(R) +
           ", and the last one frees it";
    break;
  }
  F.Steps.push_back({P.Site, Text, true});
}

void strongfence::addCdev(TeardownFinding &F, const RecordDecl *R,
                          const UnitModel &Model) {
  if (const Expr *Added = Model.Memory.cdevAdded(R))
    F.Steps.push_back({Added,
                       "The cdev that open files hold lies in " + quoted(R) +
                           ": __fput() puts it after release()",
                       false});
}

void strongfence::setTable(TeardownFinding &F, const Open &O,
                           const RecordDecl *R) {
  F.Table = O.Table->getNameAsString();
  F.Struct = R->getNameAsString();
}

bool strongfence::isRevoked(const Kept &Keep, const UnitModel &Model) {
  return llvm::any_of(Model.Teardowns, [&](const Teardown &T) {
    return llvm::any_of(T.Told, [&](const Event &E) {
      return E.K == Event::Kill && E.What &&
             E.What == Keep.Through->getCanonicalDecl();
    });
  });
}
