// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The steps that the reports on memory under open files have in common.

#ifndef STRONGFENCE_MODEL_FILESTORY_H
#define STRONGFENCE_MODEL_FILESTORY_H

#include "model/Opens.h"
#include "model/Report.h"

namespace strongfence {

/// "'struct foo'".
std::string quoted(const clang::RecordDecl *R);
std::string quoted(const clang::FunctionDecl *F);

/// Adds the call by which \p Root takes the node away, if it has one.
void addDeregistration(TeardownFinding &F, const clang::FunctionDecl *Root,
                       const UnitModel &Model);

/// Adds what makes \p R go.
void addPassing(TeardownFinding &F, const clang::RecordDecl *R,
                const Passing &P, const UnitModel &Model);

/// Adds that the cdev of \p R, which open files hold, goes with it.
void addCdev(TeardownFinding &F, const clang::RecordDecl *R,
             const UnitModel &Model);

/// Fills in what \p F says of the table.
void setTable(TeardownFinding &F, const Open &O, const clang::RecordDecl *R);

/// True when teardown makes open files forget what \p Keep is.
bool isRevoked(const Kept &Keep, const UnitModel &Model);

} // namespace strongfence

#endif
