// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Face 1: the plugin for `clang --analyze` and `scan-build -load-plugin`.
// Clang loads it only when the version string below is exactly its own, and
// says nothing when it is not: ask -analyzer-list-enabled-checkers first.

#include "Compat.h"
#include "Register.h"

extern "C" __attribute__((visibility("default"))) const char
    clang_analyzerAPIVersionString[] = CLANG_VERSION_STRING;

extern "C" __attribute__((visibility("default"))) void
clang_registerCheckers(clang::ento::CheckerRegistry &Registry) {
  strongfence::registerCheckers(Registry);
}
