// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a boot's console says. The first report wins: it turns lockdep off, KASAN reports once, and what
// comes after may be its consequence.

#ifndef REFERENCE_VERDICT_H
#define REFERENCE_VERDICT_H

#include "mutant.h"

enum seen_kind {
	SEEN_CLEAN,    // the last line is there and says that all went well
	SEEN_KASAN,    // from here on: reports
	SEEN_NULL,     // a null pointer was dereferenced
	SEEN_OOPS,     // another bad access
	SEEN_LOCKDEP,
	SEEN_ATOMIC,   // it slept, or tried to, where it must not
	SEEN_ODEBUG,
	SEEN_REFCOUNT,
	SEEN_HUNG,     // a task, a workqueue or a processor that does not get on
	SEEN_WARN,
	SEEN_BUG,      // BUG() and corrupted lists
	SEEN_WRONG,    // the storm's own check
	SEEN_LEAK,
	SEEN_PANIC,    // without any of the above before
	SEEN_TRACE,    // a call trace that nobody announced
	SEEN_CUT,      // from here on: no report, but not clean. The last line is missing
	SEEN_OVERTIME, // likewise, because the boot was killed
	SEEN_FAILED,   // init or the storm could not do its work
	SEEN_TAINTED,
	SEEN_BLIND,    // lockdep had turned itself off
	SEEN_STUCK,    // a module could not be unloaded
	SEEN_SHORT,    // the storm did fewer cycles than asked
};

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

// How far the first report has come on the console of a boot that still runs. Not every kind has a last line.
enum seen_so_far { SEEN_NOTHING, SEEN_BEGUN, SEEN_WHOLE };
enum seen_so_far seen_so_far(const char *console);

// Whether it is the report that the mutant must lead to.
bool seen_is(const struct seen *seen, const struct mutant *mutant);

// "KASAN fenced_read", "clean", "no last line". Caller frees.
char *seen_short(const struct seen *seen);

#endif
