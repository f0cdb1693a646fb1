// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One line of progress on stderr: redrawn in place on a terminal, a line every
// tenth of the work elsewhere.

#ifndef STRONGFENCE_PROGRESS_H
#define STRONGFENCE_PROGRESS_H

#include <stddef.h>

void progress_start(const char *what);
void progress_rename(const char *what); // the same work, another stage of it
void progress_show(size_t done, size_t total);
void progress_note(const char *text); // no total is known: show text
void progress_clear(void);            // wipe the line before printing another

#endif
