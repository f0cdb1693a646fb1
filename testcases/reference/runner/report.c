// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

// How a report begins. The first row that is in a line is its kind, so that the general ones come last. `unless`
// is what a line of this kind does not have. `end` is in a report's last line; those without one last until the
// next report, init's and the storm's lines, or the end.
static const struct sign {
	const char *text, *unless;
	enum seen_kind kind;
	const char *end;
} signs[] = {
	{"BUG: KASAN: null-ptr-deref", NULL, SEEN_NULL, "===="},
	{"BUG: KASAN: ", NULL, SEEN_KASAN, "===="},
	{"BUG: kernel NULL pointer dereference", NULL, SEEN_NULL, "---[ end trace"},
	{"Oops: general protection fault", NULL, SEEN_OOPS, "---[ end trace"},
	{"BUG: unable to handle page fault", NULL, SEEN_OOPS, "---[ end trace"},
	{"Kernel mode fault at addr", NULL, SEEN_OOPS, NULL}, // arch/um/kernel/trap.c
	{"Segfault with no mm", NULL, SEEN_OOPS, NULL},
	{"Oops: ", NULL, SEEN_OOPS, "---[ end trace"},
	{"sleeping function called from invalid context", NULL, SEEN_ATOMIC, NULL},
	{"BUG: scheduling while atomic", NULL, SEEN_ATOMIC, NULL},
	{"context switch within RCU read-side", NULL, SEEN_ATOMIC, "---[ end trace"},
	{"ODEBUG: ", NULL, SEEN_ODEBUG, "---[ end trace"},
	{"refcount_t: ", NULL, SEEN_REFCOUNT, "---[ end trace"},
	{"list_add corruption", NULL, SEEN_BUG, "---[ end trace"},
	{"list_del corruption", NULL, SEEN_BUG, "---[ end trace"},
	{"ernel BUG at ", NULL, SEEN_BUG, "---[ end trace"},
	{" blocked for more than ", NULL, SEEN_HUNG, "Kernel panic"},
	{"soft lockup", NULL, SEEN_HUNG, NULL},
	{"workqueue lockup", NULL, SEEN_HUNG, NULL},
	{"detected stall", NULL, SEEN_HUNG, NULL},
	{"self-detected stall", NULL, SEEN_HUNG, NULL},
	{"INFO: trying to register non-static key", NULL, SEEN_LOCKDEP, NULL},
	{"BUG: lock held when returning", NULL, SEEN_LOCKDEP, NULL},
	{"WARNING: ", "WARNING: CPU: ", SEEN_LOCKDEP, NULL}, // kernel/locking/lockdep.c names no CPU
	{"[ BUG: ", NULL, SEEN_LOCKDEP, NULL}, // bad unlock balance, invalid wait context
	{"DEBUG_LOCKS_WARN_ON(", NULL, SEEN_LOCKDEP, "---[ end trace"},
	{"WARNING: CPU: ", NULL, SEEN_WARN, "---[ end trace"},
	{"storm: wrong: ", NULL, SEEN_WRONG, NULL},
	{"unreferenced object 0x", NULL, SEEN_LEAK, NULL},
	{"BUG: ", NULL, SEEN_BUG, NULL},
	{"Kernel panic - not syncing", NULL, SEEN_PANIC, NULL},
	{"Call Trace:", NULL, SEEN_TRACE, NULL},
};

// What a WARN() is about may be said before its "WARNING: CPU:" (x86) or behind it (UML).
static bool is_special(const struct sign *sign)
{
	return sign->kind == SEEN_ODEBUG || sign->kind == SEEN_REFCOUNT || sign->kind == SEEN_ATOMIC ||
	       !strncmp(sign->text, "DEBUG_LOCKS", 11);
}

static bool is_storm(const char *line)
{
	return !strncmp(line, "storm: ", 7);
}

static const struct sign *sign_in(const char *line)
{
	// The storm quotes what the kernel said.
	if (is_storm(line) && strncmp(line, "storm: wrong: ", 14))
		return NULL;
	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (strstr(line, signs[i].text) && (signs[i].kind == SEEN_WRONG || !is_storm(line)) &&
		    !(signs[i].unless && strstr(line, signs[i].unless)))
			return &signs[i];
	return NULL;
}

// "[    1.234567]", and "[   T25]" of PRINTK_CALLER.
static const char *without_stamp(const char *line)
{
	while (*line == '[') {
		const char *at = line + 1 + strspn(line + 1, " ");

		at += *at == 'T' || *at == 'C';
		if (!isdigit((unsigned char)*at))
			break;
		at += strspn(at, "0123456789.");
		if (*at != ']')
			break;
		line = at + 1 + strspn(at + 1, " ");
	}
	return line;
}

// With several processors the kernel writes into the middle of what the storm writes. What it cut off is
// lost; the kernel's report is worth more.
static const char *kernel_part(const char *line)
{
	for (const char *at = line; (at = strstr(at, "[ ")); at++) {
		const char *text = without_stamp(at);

		if (text != at)
			return text;
	}
	return line;
}

struct strings console_lines(const char *console)
{
	struct strings lines = {0};

	while (*console) {
		size_t length = strcspn(console, "\n"), kept = length;
		char *line;

		while (kept && console[kept - 1] == '\r')
			kept--;
		line = copy_span(console, kept);
		strings_add(&lines, is_storm(line) ? kernel_part(line) : without_stamp(line));
		free(line);
		console += length + (console[length] == '\n');
	}
	return lines;
}

static bool is_cut_here(const char *line)
{
	return strstr(line, "[ cut here ]") != NULL;
}

// A WARN()'s own words stand between "cut here" and "WARNING: CPU:"; UML prints registers before it panics.
static size_t first_line(const struct strings *lines, size_t at, const struct sign *sign)
{
	bool fault = sign->kind == SEEN_OOPS && !sign->end;

	for (size_t back = 1; back <= (fault ? 30 : 6) && back <= at; back++) {
		const char *line = lines->at[at - back];

		if (is_cut_here(line))
			return at - back + 1;
		if (fault && !strncmp(line, "Pid: ", 5))
			return at - back;
	}
	return at;
}

// One past its last line; *whole tells whether that is sure to be the last.
static size_t end_of(const struct strings *lines, size_t at, const struct sign *sign, bool *whole)
{
	*whole = true;
	for (size_t i = at + 1; i < lines->count; i++) {
		const char *line = lines->at[i];
		bool foreign = !strncmp(line, "init: ", 6) || is_storm(line);

		if (sign->kind == SEEN_WRONG) {
			// The stack of a thread that sleeps.
			if (strncmp(line, "storm:   ", 9))
				return i;
			continue;
		}
		if (sign->end && strstr(line, sign->end))
			return i + 1;
		// With two processors the storm speaks in the middle of the kernel's report.
		if (sign->end && is_storm(line))
			continue;
		// lockdep's own box closes its head.
		if (!sign->end && !(sign->kind == SEEN_LOCKDEP && i < at + 4))
			foreign |= is_cut_here(line) || !strncmp(line, "=====", 5) ||
				   strstr(line, "Kernel panic - not syncing");
		if (foreign)
			return i;
	}
	*whole = false;
	return lines->count;
}

static size_t end_of_head(const struct strings *lines, size_t from, size_t to)
{
	size_t i = from + 1;

	while (i < to && *lines->at[i] && strncmp(lines->at[i], "CPU: ", 5) &&
	       !strstr(lines->at[i], "Call Trace:") && !strstr(lines->at[i], "Modules linked in"))
		i++;
	return i;
}

bool report_find(const struct strings *lines, struct report *report)
{
	const struct sign *sign = NULL;
	size_t at = 0;
	bool whole;

	while (at < lines->count && !(sign = sign_in(lines->at[at])))
		at++;
	if (!sign)
		return false;
	report->from = first_line(lines, at, sign);
	report->to = end_of(lines, at, sign, &whole);
	report->whole = whole && sign->end;
	report->head = end_of_head(lines, at, report->to);
	for (size_t i = at + 1; i < report->head && sign->kind == SEEN_WARN; i++) {
		const struct sign *other = sign_in(lines->at[i]);

		if (other && is_special(other)) {
			sign = other;
			at = i;
		}
	}
	report->kind = sign->kind;
	report->title = at;
	// The address of a null pointer's shadow is not canonical on x86: arch/x86/kernel/traps.c.
	for (size_t i = report->from; i < report->head && sign->kind == SEEN_OOPS; i++)
		if (strstr(lines->at[i], "null-ptr-deref") || strstr(lines->at[i], "at addr 0x0,"))
			report->kind = SEEN_NULL;
	return true;
}
