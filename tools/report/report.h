// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What check and scan write, in the format that was asked for.

#ifndef STRONGFENCE_REPORT_H
#define STRONGFENCE_REPORT_H

#include <stdio.h>

#include "analyse.h"

// Whether that format shows fences, doors and rows: analyse() is to bring its map then.
bool report_needs_map(enum output_format format);

void report_write(FILE *to, const struct analysis *analysis, enum output_format format);

#endif
