// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The first report on a console: where it begins, what kind it is, where it ends.

#ifndef REFERENCE_REPORT_H
#define REFERENCE_REPORT_H

#include "memory.h"

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

// Lines, counted from 0; `head` and `to` are one past the last.
struct report {
	enum seen_kind kind;
	size_t from;
	size_t title; // the line that was recognised
	size_t head;  // up to the first blank line or call trace
	size_t to;
	bool whole;   // its last line is there; not every kind has one that can be told
};

// The console's lines without the kernel's time stamps.
struct strings console_lines(const char *console);

// False when there is no report.
bool report_find(const struct strings *lines, struct report *report);

#endif
