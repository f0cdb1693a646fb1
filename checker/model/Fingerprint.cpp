// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Fingerprint.h"
#include "model/Imported.h"
#include "model/Record.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA1.h"

using namespace clang;
using namespace ento;
using namespace strongfence;

std::string strongfence::fingerprint(StringRef Rule, StringRef File,
                                     StringRef Door, StringRef Message) {
  llvm::SHA1 Hash;
  for (StringRef Part :
       {Rule, llvm::sys::path::filename(File), Door, Message}) {
    Hash.update(plain(Part));
    Hash.update(StringRef("\0", 1));
  }
  return llvm::toHex(Hash.final(), /*LowerCase=*/true).substr(0, 20);
}

void strongfence::noteFingerprint(BugReport &Report, StringRef Rule,
                                  StringRef Door, BugReporter &BR) {
  if (!BR.getAnalyzerOptions().getCheckerBooleanOption("teardown",
                                                       "Fingerprints"))
    return;
  PathDiagnosticLocation At = Report.getLocation();
  Note Place = noteAt(At.asLocation(), BR.getSourceManager(), "");
  Report.addNote("Fingerprint " + fingerprint(Rule, Place.File, Door,
                                              Report.getShortDescription()),
                 At);
}
