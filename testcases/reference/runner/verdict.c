// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verdict.h"

#include <ctype.h>
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

static struct seen with_report(const struct strings *lines, const struct report *report)
{
	return (struct seen){
		.kind = report->kind,
		.line = report->title + 1,
		.title = copy(lines->at[report->title]),
		.function = function_in(lines, report->from, report->title, report->to),
		.head = join(lines, report->from, report->head),
		.text = join(lines, report->from, report->to),
	};
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

// Whether the console did not end within it.
static bool is_whole(const char *result)
{
	static const char *const keys[] = {"storm", "taint", "lockdep", "unloaded", "leaks"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		char *value = value_of(result, keys[i]);

		free(value);
		if (!value)
			return false;
	}
	return true;
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
	struct strings lines = console_lines(console);
	const char *result = last_with(&lines, "init: result");
	struct report report;
	struct seen seen;

	if (report_find(&lines, &report))
		seen = with_report(&lines, &report);
	else if (overtime)
		seen = without_report(SEEN_OVERTIME, copy("it did not end in time"));
	else if (!result || !is_whole(result))
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
