// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A finding as a mail to a kernel list.

#ifndef STRONGFENCE_MAIL_H
#define STRONGFENCE_MAIL_H

#include <jansson.h>
#include <stdio.h>

// Writes a subject line, an empty line and the report: ASCII, at most 75 columns but for names and paths that are
// longer. `fences` are what was inferred beside the finding, NULL where nobody looked. `kernel` is which one was read,
// NULL where that is not known.
void mail_write(FILE *to, const json_t *finding, const json_t *fences, const char *kernel);

#endif
