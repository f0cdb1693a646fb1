// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which units read a file, by what the sources say: #include with quotes and angle brackets, through headers, whatever
// conditions stand around it. More than the compiler reads, and known without an earlier run.

#ifndef STRONGFENCE_REACH_H
#define STRONGFENCE_REACH_H

#include "units.h"

// For each unit whether its source, what it includes, or what its command includes (-include) is one of the files
// (absolute names, sorted), which need not exist any more, or is found elsewhere without one of them. Includes
// whose name a macro makes are not followed. Caller frees.
bool *reach(const struct units *units, const struct strings *files);

#endif
