// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The unit program: strongfence-unit of the chosen LLVM.

#ifndef STRONGFENCE_PROGRAM_H
#define STRONGFENCE_PROGRAM_H

#include "memory.h"

// The running executable, and the directory that it lives in. Caller frees.
char *program_self(void);
char *program_directory(void);

// The unit program: STRONGFENCE_UNIT when set, else strongfence-unit-LLVM beside the executable or in ../lib/strongfence,
// else strongfence-unit beside it. NULL with *looked_for when there is none. Caller frees both.
char *program_find(int llvm, char **looked_for);

// Asks it for its rules and its LLVM and compares with what was built with us. NULL when all is
// well, else the reason. Caller frees.
char *program_fault(const char *program, int llvm);

// program_find and program_fault, fatal when either fails.
char *program_require(int llvm);

// What it prints with that option and these kernel models, line by line. Fatal when it does not.
struct strings program_lines(const char *program, const char *option, const struct strings *models);

// Has it read the kernel models; what it complains about is passed on and is fatal.
void program_check_models(const char *program, const struct strings *models);

#endif
