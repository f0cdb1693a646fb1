// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Verdicts on consoles that real boots left, shortened: consoles/TIER-WHAT.txt.

#include "test.h"

#include <stdio.h>

#include "files.h"
#include "verdict.h"

static char *console(const char *name)
{
	char *path = format("%s/%s.txt", CONSOLES, name), *text = file_read(path, NULL);

	if (!text)
		fail_msg("%s cannot be read", path);
	free(path);
	return text;
}

// A mutant that wants this report.
static struct mutant wants(const char *kernel, const char *names)
{
	struct mutant mutant = {0};

	assert_int_equal(regcomp(&mutant.kernel, kernel, REG_EXTENDED | REG_NEWLINE), 0);
	assert_int_equal(regcomp(&mutant.names, names, REG_EXTENDED | REG_NEWLINE), 0);
	return mutant;
}

static bool matches(const struct seen *seen, const char *kernel, const char *names)
{
	struct mutant mutant = wants(kernel, names);
	bool is = seen_is(seen, &mutant);

	regfree(&mutant.kernel);
	regfree(&mutant.names);
	return is;
}

static const struct expected {
	const char *console;
	enum seen_kind kind;
	const char *text;   // what the table shows
	const char *kernel; // in the report's head
	const char *names;  // somewhere in the report
	const char *not_in; // on the console, and not in the report
} expected[] = {
	{"uml-kasan", SEEN_KASAN, "KASAN fenced_health", "KASAN: .*use-after-free", "process_one_work", NULL},
	{"qemu-kasan", SEEN_KASAN, "KASAN fenced_poll", "KASAN: slab-use-after-free in fenced_poll",
	 "Freed by task", NULL},
	{"uml-null", SEEN_NULL, "null-deref fenced_ioctl", "fault at addr 0x0,", "fenced_ioctl", "storm: seed"},
	{"qemu-null", SEEN_NULL, "null-deref fenced_ioctl", "null-ptr-deref", "__x64_sys_ioctl", "storm: seed"},
	{"uml-fault", SEEN_OOPS, "oops __lock_acquire", "Segfault with no mm", "irq/56-fenced", "storm: seed"},
	{"uml-odebug", SEEN_ODEBUG, "ODEBUG fenced_tick", "ODEBUG: free active .*timer_list", "fenced_dev_release",
	 "storm: seed"},
	// Two processors report at once; the first report is the verdict.
	{"qemu-odebug", SEEN_ODEBUG, "ODEBUG fenced_health", "ODEBUG: free active", "fenced_dev_release",
	 "storm: seed"},
	{"uml-circular", SEEN_LOCKDEP, "lockdep fenced_remove", "possible circular locking", "&fenced->lock",
	 "storm: seed"},
	{"qemu-recursive", SEEN_LOCKDEP, "lockdep fenced_remove", "possible recursive locking", "&fenced->lock",
	 "storm: seed"},
	{"uml-suspicious", SEEN_LOCKDEP, "lockdep fenced_remove", "suspicious RCU usage", "flush_tlb_mm",
	 "storm: seed"},
	{"uml-hung", SEEN_HUNG, "hung fenced_write", "blocked for more than 2 seconds", "fenced_ioctl", "storm: seed"},
	{"qemu-hung", SEEN_HUNG, "hung fenced_release", "INFO: task storm:48 blocked", "fenced_read", "storm: seed"},
	{"uml-wrong", SEEN_WRONG, "wrong", "storm: wrong: a page", "still answers", "storm: seed"},
	{"qemu-wrong", SEEN_WRONG, "wrong fenced_read", "still asleep", "fenced_read", "blocked for more"},
	{"uml-warn", SEEN_WARN, "WARN fenced_stop", "already-free IRQ", "fenced_remove", "storm: seed"},
	{"qemu-warn", SEEN_WARN, "WARN fenced_stop", "already-free IRQ", "fenced_remove", "storm: seed"},
	{"uml-sleep", SEEN_ATOMIC, "atomic-sleep fenced_stop", "sleeping function called from invalid context",
	 "fenced_remove", "Invalid wait context"},
	{"qemu-rcu-sleep", SEEN_ATOMIC, "atomic-sleep fenced_stop", "context switch within RCU", "msleep",
	 "storm: seed"},
	{"uml-refcount", SEEN_REFCOUNT, "refcount fenced_release", "refcount_t: ", "fenced_release", "out-of-tree"},
	{"qemu-refcount", SEEN_REFCOUNT, "refcount fenced_release", "refcount_t: ", "fenced_release", "out-of-tree"},
	{"uml-list", SEEN_BUG, "BUG", "list_del corruption", "lib/list_debug.c", "out-of-tree"},
	{"qemu-list", SEEN_BUG, "BUG fenced_release", "list_del corruption", "fenced_release", "out-of-tree"},
	{"uml-leak", SEEN_LEAK, "leak fenced_remove", "unreferenced object", "kmemleak_alloc", "storm: seed"},
};

static void a_console_has_its_verdict(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
		const struct expected *want = &expected[i];
		char *text = console(want->console), *shown;
		struct seen seen = seen_read(text, 300, false);

		shown = seen_short(&seen);
		if (seen.kind != want->kind || strcmp(shown, want->text))
			fail_msg("%s: '%s' instead of '%s'", want->console, shown, want->text);
		if (!matches(&seen, want->kernel, want->names))
			fail_msg("%s: the report is not what it should be:\n%s", want->console, seen.text);
		if (want->not_in && (!strstr(text, want->not_in) || strstr(seen.text, want->not_in)))
			fail_msg("%s: '%s' is not on the console, or is in the report", want->console,
				 want->not_in);
		seen_free(&seen);
		free(shown);
		free(text);
	}
}

static void the_report_must_be_the_one_that_is_wanted(void **state)
{
	char *text = console("uml-kasan");
	struct seen seen = seen_read(text, 0, false);

	(void)state;
	assert_true(matches(&seen, "KASAN", "fenced_health"));
	assert_false(matches(&seen, "KASAN", "fenced_read"));
	assert_false(matches(&seen, "blocked for more than", "fenced_health"));
	// The words that tell the kind must be in the head, not in some function's name.
	assert_false(matches(&seen, "kasan_report", "fenced_health"));
	seen_free(&seen);
	free(text);
}

static void assert_seen(const char *text, unsigned long cycles, bool overtime, enum seen_kind kind)
{
	struct seen seen = seen_read(text, cycles, overtime);

	if (seen.kind != kind)
		fail_msg("kind %d instead of %d: %s", (int)seen.kind, (int)kind, seen.title);
	// What is no report catches no mutant.
	assert_int_equal(matches(&seen, ".*", ".*"), kind == SEEN_LEAK);
	seen_free(&seen);
}

static void clean_is_what_says_so(void **state)
{
	char *text = console("uml-clean");

	(void)state;
	assert_seen(text, 40, false, SEEN_CLEAN);
	assert_seen(text, 0, false, SEEN_CLEAN);
	assert_seen(text, 41, false, SEEN_SHORT);
	free(text);
}

// The clean console with another word in init's last line.
static void assert_seen_with(const char *from, const char *to, enum seen_kind kind)
{
	char *text = console("uml-clean"), *at = strstr(text, from), *changed;

	assert_non_null(at);
	changed = format("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	assert_seen(changed, 40, false, kind);
	free(changed);
	free(text);
}

static void every_word_of_the_last_line_counts(void **state)
{
	(void)state;
	assert_seen_with("storm=0", "storm=1", SEEN_FAILED);
	assert_seen_with("storm=0", "storm=-", SEEN_FAILED);
	assert_seen_with("taint=0x0", "taint=0x200", SEEN_TAINTED);
	assert_seen_with("lockdep=1", "lockdep=0", SEEN_BLIND);
	assert_seen_with(" lockdep=1", "", SEEN_CUT);
	assert_seen_with("unloaded=yes", "unloaded=no", SEEN_STUCK);
	assert_seen_with("leaks=0", "leaks=3", SEEN_LEAK);
	assert_seen_with("leaks=0", "leaks=-", SEEN_CLEAN);
	assert_seen_with("storm: 40 cycles", "storm: 39 cycles", SEEN_SHORT);
	assert_seen_with("storm: 40 cycles, ", "", SEEN_SHORT);
}

static void a_console_that_ends_early_is_not_clean(void **state)
{
	char *text = console("uml-clean"), *last = strstr(text, "init: result");

	(void)state;
	assert_seen("", 0, false, SEEN_CUT);
	for (const char *end = last; end > text; end -= 97) {
		char *part = copy_span(text, (size_t)(end - text));

		assert_seen(part, 40, false, SEEN_CUT);
		assert_seen(part, 40, true, SEEN_OVERTIME);
		free(part);
	}
	// The line must be whole.
	last[strlen("init: result storm=0 taint=0x0")] = '\0';
	assert_seen(text, 40, false, SEEN_CUT);
	free(text);
}

// What the storm read from the kernel's log is the kernel's report, told again.
static void the_storm_may_quote(void **state)
{
	(void)state;
	char *text = format("storm: note: BUG: KASAN: use-after-free in fenced_read+0x1/0x2\n"
			    "init: result storm=0 taint=0x0 lockdep=1 unloaded=yes leaks=-\n");

	assert_seen(text, 0, false, SEEN_SHORT);
	free(text);
}

static void stamps_are_no_part_of_a_line(void **state)
{
	struct strings lines = console_lines("[    0.123456][   T25] BUG: x\r\n[  345.1] [C1] y\n[ cut ] z\nlast");

	(void)state;
	assert_words(&lines, "BUG: x", "y", "[ cut ] z", "last", NULL);
	strings_free(&lines);
}

static void the_kernel_may_cut_the_storm_short(void **state)
{
	struct strings lines = console_lines("storm: wrong: a [    2.368082] BUG: KASAN: x\nstorm: wrong: [ a ]");

	(void)state;
	assert_words(&lines, "BUG: KASAN: x", "storm: wrong: [ a ]", NULL);
	strings_free(&lines);
}

static void a_report_is_whole_when_its_last_line_is_there(void **state)
{
	char *text = console("qemu-null");
	struct strings lines = console_lines(text), part = {0};
	struct report report;

	(void)state;
	assert_true(report_find(&lines, &report));
	assert_true(report.whole);
	for (size_t i = 0; i + 1 < report.to; i++)
		strings_add(&part, lines.at[i]);
	assert_true(report_find(&part, &report));
	assert_false(report.whole);
	strings_free(&part);
	strings_free(&lines);
	free(text);
}

// With two processors the storm quotes a report that the kernel is still printing.
static void the_storm_may_speak_within_a_report(void **state)
{
	char *text = console("qemu-null"), *at = strstr(text, "Call Trace:"), *changed;
	struct seen seen;

	(void)state;
	assert_non_null(at);
	changed = format("%.*sstorm: wrong: kernel: Oops\n%s", (int)(at - text), text, at);
	seen = seen_read(changed, 0, false);
	assert_true(matches(&seen, "null-ptr-deref", "__x64_sys_ioctl"));
	seen_free(&seen);
	free(changed);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_console_has_its_verdict),
		cmocka_unit_test(the_report_must_be_the_one_that_is_wanted),
		cmocka_unit_test(clean_is_what_says_so),
		cmocka_unit_test(every_word_of_the_last_line_counts),
		cmocka_unit_test(a_console_that_ends_early_is_not_clean),
		cmocka_unit_test(the_storm_may_quote),
		cmocka_unit_test(stamps_are_no_part_of_a_line),
		cmocka_unit_test(a_report_is_whole_when_its_last_line_is_there),
		cmocka_unit_test(the_storm_may_speak_within_a_report),
		cmocka_unit_test(the_kernel_may_cut_the_storm_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
