// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Link: reads the facts of all units, and tells each unit which of them it
// imports.

#ifndef STRONGFENCE_FACTS_LINK_H
#define STRONGFENCE_FACTS_LINK_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace strongfence {

/// \p List names, a unit a line, its facts file and the projection to write,
/// with a tab between. \p Summary is set to one line for the user. False and
/// \p Error when a file cannot be written, or \p List not be read.
bool linkFacts(const std::string &List, const std::string &Merged,
               std::string &Summary, std::string &Error);

} // namespace strongfence

#endif
