// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Imported.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace clang;
using namespace strongfence;

static llvm::DenseSet<FileID> Files;
static llvm::StringSet<> Quiet;

void strongfence::markQuiet(StringRef Name) { Quiet.insert(Name); }

bool strongfence::isQuiet(const FunctionDecl *F) {
  return F->getIdentifier() && Quiet.contains(F->getName());
}

void strongfence::markImported(FileID File) { Files.insert(File); }

bool strongfence::isImported(SourceLocation Loc, const SourceManager &SM) {
  return !Files.empty() && Loc.isValid() &&
         Files.contains(SM.getFileID(SM.getExpansionLoc(Loc)));
}

std::string strongfence::plain(StringRef Text) {
  std::string Out;
  while (true) {
    size_t At = Text.find('$');
    Out += Text.take_front(At);
    if (At == StringRef::npos)
      return Out;
    Text = Text.drop_front(At);
    StringRef Tag = Text.substr(1, 8);
    if (Tag.size() == 8 && llvm::all_of(Tag, llvm::isHexDigit))
      Text = Text.drop_front(9);
    else
      Out += "$", Text = Text.drop_front();
  }
}
