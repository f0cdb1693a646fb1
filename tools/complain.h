// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the command says when it cannot do its work, and how it exits.

#ifndef STRONGFENCE_COMPLAIN_H
#define STRONGFENCE_COMPLAIN_H

#include <stdbool.h>

enum verdict {
	VERDICT_CLEAN = 0,    // everything ran, nothing was found
	VERDICT_FINDINGS = 1, // everything ran, something was found
	VERDICT_TROUBLE = 2,  // some of the work could not be done
};

// Prints "strongfence: ..." as one line on stderr; control characters in the
// text (a newline in a file name) are shown as escapes so that it stays one.
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

// The same, then exit(VERDICT_TROUBLE).
_Noreturn void fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));

// For what is news rather than an error; the same line format.
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
