// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rows of checker/kernel/*.yaml as they are written, for engines that are
// not this one: the semantic patches get their lists of functions from here.

#ifndef STRONGFENCE_MODEL_ROWS_H
#define STRONGFENCE_MODEL_ROWS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"
#include <string>

namespace strongfence {

struct EmbeddedFile {
  const char *Name;
  const char *Text;
};

/// checker/kernel/*.yaml of the build.
llvm::ArrayRef<EmbeddedFile> embeddedKernelFiles();

/// Prints each row as a line, "SECTION<TAB>JSON object", the embedded rows
/// first, then those of the files \p Extra. False and \p Error, written
/// "FILE: reason", when one cannot be read.
bool printRows(llvm::ArrayRef<std::string> Extra, llvm::raw_ostream &Out,
               std::string &Error);

} // namespace strongfence

#endif
