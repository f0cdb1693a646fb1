// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a finding is known by, whoever shows it. Users keep these: a change here
// makes every finding of theirs a new one.

#ifndef STRONGFENCE_MODEL_FINGERPRINT_H
#define STRONGFENCE_MODEL_FINGERPRINT_H

#include "Compat.h"
#include <string>

namespace strongfence {

/// 20 hex digits, the same through line shifts and directories: of the rule's
/// key, the file's name without folders, the door, which may be empty, and the
/// message.
std::string fingerprint(llvm::StringRef Rule, llvm::StringRef File,
                        llvm::StringRef Door, llvm::StringRef Message);

/// Adds it to \p Report as a note where the finding stands, when the option
/// teardown:Fingerprints asks for that: clang's own consumers, text, plist and
/// HTML, have no other room for it.
void noteFingerprint(clang::ento::BugReport &Report, llvm::StringRef Rule,
                     llvm::StringRef Door, clang::ento::BugReporter &BR);

} // namespace strongfence

#endif
