// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a boot's console says. The first report wins: it turns lockdep off, KASAN reports once, and what
// comes after may be its consequence.

#ifndef REFERENCE_VERDICT_H
#define REFERENCE_VERDICT_H

#include "mutant.h"
#include "report.h"

struct seen {
	enum seen_kind kind;
	size_t line;    // of the console, from 1; 0: no line in particular
	char *title;    // the report's line that was recognised, or a sentence
	char *function; // of our module where there is one; may be empty
	char *head;     // the report up to its first blank line or call trace
	char *text;     // all of the report
};

// `cycles` is what the storm was asked for, 0: any number will do.
struct seen seen_read(const char *console, unsigned long cycles, bool overtime);
void seen_free(struct seen *seen);

// Whether it is the report that the mutant must lead to.
bool seen_is(const struct seen *seen, const struct mutant *mutant);

// "KASAN fenced_read", "clean", "no last line". Caller frees.
char *seen_short(const struct seen *seen);

#endif
