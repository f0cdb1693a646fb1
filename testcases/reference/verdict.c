// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verdict.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[] = {
	[SEEN_CLEAN] = "clean",	      [SEEN_KASAN] = "KASAN",	   [SEEN_NULL] = "null-deref",
	[SEEN_OOPS] = "oops",	      [SEEN_LOCKDEP] = "lockdep",  [SEEN_ATOMIC] = "atomic-sleep",
	[SEEN_ODEBUG] = "ODEBUG",     [SEEN_REFCOUNT] = "refcount", [SEEN_HUNG] = "hung",
	[SEEN_WARN] = "WARN",	      [SEEN_BUG] = "BUG",	   [SEEN_WRONG] = "wrong",
	[SEEN_LEAK] = "leak",	      [SEEN_PANIC] = "panic",	   [SEEN_TRACE] = "trace",
	[SEEN_CUT] = "no last line",  [SEEN_OVERTIME] = "overtime", [SEEN_FAILED] = "failed",
	[SEEN_TAINTED] = "tainted",   [SEEN_BLIND] = "lockdep off", [SEEN_STUCK] = "not unloaded",
	[SEEN_SHORT] = "too few cycles",
};

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

static struct strings lines_of(const char *console)
{
	struct strings lines = {0};

	while (*console) {
		size_t length = strcspn(console, "\n"), kept = length;
		char *line;

		while (kept && console[kept - 1] == '\r')
			kept--;
		line = copy_span(console, kept);
		strings_add(&lines, without_stamp(line));
		free(line);
		console += length + (console[length] == '\n');
	}
	return lines;
}

static char *join(const struct strings *lines, size_t from, size_t to)
{
	size_t length = 1;
	char *text, *at;

	for (size_t i = from; i < to; i++)
		length += strlen(lines->at[i]) + 1;
	at = text = allocate(length);
	for (size_t i = from; i < to; i++) {
		at = stpcpy(at, lines->at[i]);
		*at++ = '\n';
	}
	return text;
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

// The name in "name+0x1b/0x200" that ends before `plus`, NULL when this is no such thing.
static char *name_before(const char *line, const char *plus)
{
	const char *start = plus;

	while (start > line && (isalnum((unsigned char)start[-1]) || strchr("_.", start[-1])))
		start--;
	if (start == plus || strncmp(plus, "+0x", 3))
		return NULL;
	// gcc's clones: fenced_work.isra.0
	return copy_span(start, strcspn(start, "+."));
}

// The first name in a line that is a place in code; with `ours`, of the module that is tested.
static char *place_in(const char *line, bool ours)
{
	for (const char *plus = line; (plus = strstr(plus, "+0x")); plus++) {
		const char *module = plus + strcspn(plus, " ");

		if (ours && strncmp(module, " [fenced", 8))
			continue;
		char *name = name_before(line, plus);

		if (name)
			return name;
	}
	return NULL;
}

// Who it is about: the title if it names one of ours, else the first of ours in the call trace, else what
// there is. ODEBUG's hint is the function that is still armed.
static char *function_in(const struct strings *lines, size_t from, size_t title, size_t to)
{
	char *found = place_in(lines->at[title], true);
	size_t trace = from;

	while (trace < to && !strstr(lines->at[trace], "Call Trace:"))
		trace++;
	for (size_t i = trace; i < to && !found; i++)
		if (*lines->at[i] != '?' && !strstr(lines->at[i], " ? "))
			found = place_in(lines->at[i], true);
	for (size_t i = from; i < to && !found; i++)
		found = place_in(lines->at[i], true);
	if (!found)
		found = place_in(lines->at[title], false);
	for (size_t i = from; i < to && !found; i++)
		if (strstr(lines->at[i], "RIP: "))
			found = place_in(lines->at[i], false);
	return found ? found : copy("");
}

enum seen_so_far seen_so_far(const char *console)
{
	struct strings lines = lines_of(console);
	const struct sign *sign = NULL;
	bool whole = false;
	size_t at = 0;

	while (at < lines.count && !(sign = sign_in(lines.at[at])))
		at++;
	if (sign)
		end_of(&lines, at, sign, &whole);
	strings_free(&lines);
	return !sign ? SEEN_NOTHING : whole && sign->end ? SEEN_WHOLE : SEEN_BEGUN;
}

static struct seen report(const struct strings *lines, size_t at, const struct sign *sign)
{
	bool whole;
	size_t from = first_line(lines, at, sign), to = end_of(lines, at, sign, &whole);
	size_t head = end_of_head(lines, at, to);

	for (size_t i = at + 1; i < head && sign->kind == SEEN_WARN; i++) {
		const struct sign *other = sign_in(lines->at[i]);

		if (other && is_special(other)) {
			sign = other;
			at = i;
		}
	}
	struct seen seen = {
		.kind = sign->kind,
		.line = at + 1,
		.title = copy(lines->at[at]),
		.function = function_in(lines, from, at, to),
		.head = join(lines, from, head),
		.text = join(lines, from, to),
	};

	// The address of a null pointer's shadow is not canonical on x86: arch/x86/kernel/traps.c.
	if (seen.kind == SEEN_OOPS && (strstr(seen.head, "null-ptr-deref") || strstr(seen.head, "at addr 0x0,")))
		seen.kind = SEEN_NULL;
	return seen;
}

static struct seen without_report(enum seen_kind kind, char *title)
{
	return (struct seen){.kind = kind,
			     .title = title,
			     .function = copy(""),
			     .head = copy(title),
			     .text = copy(title)};
}

static const char *last_with(const struct strings *lines, const char *start)
{
	for (size_t i = lines->count; i--;) {
		const char *at = strstr(lines->at[i], start);

		if (at)
			return at + strlen(start);
	}
	return NULL;
}

// The word after "key=" of init's last line. Caller frees.
static char *value_of(const char *result, const char *key)
{
	char *pattern = format(" %s=", key);
	const char *at = strstr(result, pattern);
	char *value = NULL;

	if (at) {
		at += strlen(pattern);
		value = copy_span(at, strcspn(at, " "));
	}
	free(pattern);
	return value;
}

static bool is(const char *result, const char *key, const char *wanted)
{
	char *value = value_of(result, key);
	bool same = value && !strcmp(value, wanted);

	free(value);
	return same;
}

static struct seen judge_result(const struct strings *lines, const char *result, unsigned long cycles)
{
	const char *done = NULL;

	for (size_t i = 0; i < lines->count; i++)
		if (strstr(lines->at[i], "storm: ") && strstr(lines->at[i], " cycles, "))
			done = strstr(lines->at[i], "storm: ") + strlen("storm: ");
	if (!is(result, "leaks", "-") && !is(result, "leaks", "0"))
		return without_report(SEEN_LEAK, copy(result));
	if (!is(result, "lockdep", "1"))
		return without_report(SEEN_BLIND, copy(result));
	if (!is(result, "storm", "0")) {
		const char *why = last_with(lines, "storm: ");

		return without_report(SEEN_FAILED, copy(why ? why : result));
	}
	if (!is(result, "taint", "0x0"))
		return without_report(SEEN_TAINTED, copy(result));
	if (!is(result, "unloaded", "yes"))
		return without_report(SEEN_STUCK, copy(result));
	if (!done || strtoul(done, NULL, 10) < cycles)
		return without_report(SEEN_SHORT, copy(done ? done : result));
	return without_report(SEEN_CLEAN, copy(done));
}

struct seen seen_read(const char *console, unsigned long cycles, bool overtime)
{
	struct strings lines = lines_of(console);
	const struct sign *sign = NULL;
	const char *result;
	struct seen seen;
	size_t at = 0;

	while (at < lines.count && !(sign = sign_in(lines.at[at])))
		at++;
	result = last_with(&lines, "init: result");
	if (sign)
		seen = report(&lines, at, sign);
	else if (overtime)
		seen = without_report(SEEN_OVERTIME, copy("it did not end in time"));
	else if (!result)
		seen = without_report(SEEN_CUT, copy(lines.count ? lines.at[lines.count - 1] : ""));
	else
		seen = judge_result(&lines, result, cycles);
	strings_free(&lines);
	return seen;
}

void seen_free(struct seen *seen)
{
	free(seen->title);
	free(seen->function);
	free(seen->head);
	free(seen->text);
	*seen = (struct seen){0};
}

bool seen_is(const struct seen *seen, const struct mutant *mutant)
{
	return seen->kind > SEEN_CLEAN && seen->kind < SEEN_CUT &&
	       !regexec(&mutant->kernel, seen->head, 0, NULL, 0) &&
	       !regexec(&mutant->names, seen->text, 0, NULL, 0);
}

char *seen_short(const struct seen *seen)
{
	return format("%s%s%s", kind_names[seen->kind], *seen->function ? " " : "", seen->function);
}
