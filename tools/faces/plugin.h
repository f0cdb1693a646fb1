// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The plugin for clang: StrongfenceChecker-LLVM.so. clang says nothing about one that does not fit, so it is asked.

#ifndef STRONGFENCE_PLUGIN_H
#define STRONGFENCE_PLUGIN_H

// STRONGFENCE_PLUGIN when set, else the one of a build tree or an installation, seen from the executable. NULL with
// *looked_for when there is none. Caller frees both.
char *plugin_find(int llvm, char **looked_for);

// Has clang, a path, load it and compares the checkers that are there with the rules that we know. NULL when all is well,
// else the reason. Caller frees.
char *plugin_fault(const char *plugin, const char *clang);

// The LLVM that a clang is of, 0 when it does not say; *version becomes "19.1.7" (caller frees, may be NULL).
int clang_major(const char *clang, char **version);

#endif
