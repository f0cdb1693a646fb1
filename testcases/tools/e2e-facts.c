// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Across files, end to end: facts, link, check; what is done again; what happens where facts are missing.

#include "bed.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "files.h"

#define KERNEL "--kernel-src", "linux", "--kernel-build", "build"
#define STATE "build/.strongfence/"

// drivers/a is one module: one.c asks for what two.c exports.
static void module_of_two(const char *value)
{
	char *text = format("int two; // fake: exports helper %s\n", value);

	make_kernel("linux");
	put("linux/drivers/a/Makefile", "$(a): more = -DKBUILD_MODNAME='\"thing\"' -DMODULE\n");
	put("linux/drivers/a/one.c", "int one; // fake: imports helper\n");
	put("linux/drivers/a/two.c", text);
	put("linux/drivers/b/three.c", "int three; // fake: imports helper\n");
	free(text);
	run("prepare", KERNEL, NULL);
	assert_int_equal(last_run()->status, 0);
}

// The clock that stamps files is coarse: a change right after a scan could look as old as it.
static void put_later(const char *path, const char *text)
{
	struct timespec moment = {.tv_nsec = 50000000};

	nanosleep(&moment, NULL);
	put(path, text);
	assert_int_equal(utimensat(AT_FDCWD, path, NULL, 0), 0);
}

static void assert_done(size_t facts, size_t links, size_t checks)
{
	assert_int_equal(lines_in("runs"), facts);
	assert_int_equal(lines_in("runs.links"), links);
	assert_int_equal(lines_in("runs.checks"), checks);
	unlink("runs");
	unlink("runs.links");
	unlink("runs.checks");
}

static void what_one_unit_says_is_found_in_another(void **state)
{
	(void)state;
	module_of_two("bad");
	run("scan", "drivers", KERNEL, NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("3 units analysed, 1 finding (UnfencedFileOp 1)");
	assert_int_equal(strncmp(last_run()->out, "drivers/a/one.c:1:2: warning: imported and bad", 46), 0);
	assert_said("strongfence: 1 function taken from other files\n");
	assert_null(strstr(last_run()->err, " again"));
	assert_done(3, 1, 3);
}

static void the_list_of_what_is_linked_is_in_order(void **state)
{
	char *text, *expected = copy("");

	(void)state;
	module_of_two("good");
	run("scan", "drivers", KERNEL, "-j2", NULL);
	text = get(STATE "link.list");
	for (char *line = text, *end; *line; line = end + 1) {
		char *command, *longer;

		end = strchr(line, '\n');
		*end = '\0';
		assert_int_equal(strlen(line), 2 * 16 + strlen("units/.facts.json\tunits/.import.json"));
		command = format(STATE "%.22s.cmd.json", line);
		longer = get(command);
		assert_non_null(longer);
		free(command);
		command = strstr(longer, "/drivers/");
		command = format("%s%.*s ", expected, (int)strcspn(command, "\""), command);
		free(longer);
		free(expected);
		expected = command;
	}
	assert_string_equal(expected, "/drivers/a/one.c /drivers/a/two.c /drivers/b/three.c ");
	free(expected);
	free(text);
}

static void nothing_changed_runs_nothing(void **state)
{
	char *first;

	(void)state;
	module_of_two("bad");
	run("scan", "drivers", KERNEL, "-j1", NULL);
	first = copy(last_run()->out);
	assert_done(3, 1, 3);
	run("scan", "drivers", KERNEL, "-j4", NULL);
	assert_string_equal(last_run()->out, first);
	assert_said("facts of 0 units read again, 0 units checked again, 3 as before\n");
	assert_done(0, 0, 0);
	free(first);
}

static void a_touched_file_costs_itself_and_whom_it_affects(void **state)
{
	(void)state;
	module_of_two("good");
	run("scan", "drivers", KERNEL, NULL);
	assert_int_equal(last_run()->status, 0);
	assert_done(3, 1, 3);
	// What it exports is the same: nobody else is checked again.
	put_later("linux/drivers/a/two.c", "int two; // fake: exports helper good\n// fake: exports other good\n");
	run("scan", "drivers", KERNEL, NULL);
	assert_said("facts of 1 unit read again, 1 unit checked again, 2 as before\n");
	assert_done(1, 1, 1);
	put_later("linux/drivers/a/two.c", "int two; // fake: exports helper bad\n");
	run("scan", "drivers", KERNEL, NULL);
	assert_said("facts of 1 unit read again, 2 units checked again, 1 as before\n");
	assert_said("1 finding ");
	assert_done(1, 1, 2);
}

static void units_set_aside_give_facts_to_their_module(void **state)
{
	(void)state;
	module_of_two("bad");
	setenv("FAKE_WORDS", "struct one", 1);
	run("scan", "drivers", KERNEL, NULL);
	assert_said("2 units have nothing to look for and are not analysed (--all analyses everything); the facts of 1 of "
		    "them were read\n");
	assert_said("1 unit analysed, 1 finding ");
	assert_done(2, 1, 1);
	unsetenv("FAKE_WORDS");
}

static void a_unit_whose_facts_fail_is_named_and_missed(void **state)
{
	(void)state;
	module_of_two("bad");
	put("linux/drivers/a/two.c", "// fake: status timeout\n");
	run("scan", "drivers", KERNEL, "-v", NULL);
	assert_refused("strongfence: drivers/a/two.c: timeout: as told\n");
	assert_said("strongfence: 1 unit checked without the facts of all files of its module: 2 doors NOT FULLY "
		    "ANALYSED\n");
	assert_said("strongfence: drivers/a/one.c: checked without the facts of drivers/a/two.c: timeout: as told\n");
	assert_said("2 units analysed, 1 FAILED");
	assert_done(3, 1, 3);
	// It is tried again each time, and as long as nothing changes nobody else is.
	run("scan", "drivers", KERNEL, NULL);
	assert_said("NOT FULLY ANALYSED");
	assert_done(1, 0, 1);
	put_later("linux/drivers/a/two.c", "int two; // fake: exports helper bad\n");
	run("scan", "drivers", KERNEL, NULL);
	assert_said("3 units analysed, 1 finding ");
	assert_null(strstr(last_run()->err, "NOT FULLY ANALYSED"));
	assert_done(1, 1, 2);
}

static void a_unit_program_that_dies_does_not_hold_up_the_others(void **state)
{
	(void)state;
	module_of_two("bad");
	put("linux/drivers/a/two.c", "// fake: die\n");
	run("scan", "drivers", KERNEL, NULL);
	assert_refused("strongfence: drivers/a/two.c: ");
	assert_said("1 unit checked without the facts of all files of its module");
	assert_said("2 units analysed, 1 FAILED,");
	assert_done(3, 1, 2);
	run("scan", "drivers", KERNEL, NULL);
	assert_refused("strongfence: drivers/a/two.c: ");
	put_later("linux/drivers/a/two.c", "int two; // fake: exports helper bad\n");
	run("scan", "drivers", KERNEL, NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("3 units analysed, 1 finding ");
}

static void missing_facts_of_a_unit_set_aside_are_no_failure_and_not_clean(void **state)
{
	(void)state;
	module_of_two("bad");
	put("linux/drivers/a/two.c", "// fake: status crash\n");
	setenv("FAKE_WORDS", "struct one", 1);
	run("scan", "drivers", KERNEL, NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("1 unit checked without the facts of all files of its module: 2 doors NOT FULLY ANALYSED\n");
	assert_done(2, 1, 1);
	run("scan", "drivers", KERNEL, NULL);
	assert_said("NOT FULLY ANALYSED\n");
	assert_done(1, 0, 0);
	unsetenv("FAKE_WORDS");
}

static void damaged_facts_are_named_and_healed(void **state)
{
	(void)state;
	module_of_two("bad");
	put("linux/drivers/a/two.c", "int two; // fake: exports helper bad\n// fake: damage-facts\n");
	run("scan", "drivers", KERNEL, "-v", NULL);
	assert_said("drivers/a/one.c: checked without the facts of drivers/a/two.c: truncated\n");
	assert_said("3 units analysed, no finding in what was analysed, ");
	put_later("linux/drivers/a/two.c", "int two; // fake: exports helper bad\n");
	run("scan", "drivers", KERNEL, NULL);
	assert_said("3 units analysed, 1 finding ");
}

static void a_link_that_fails_is_named(void **state)
{
	(void)state;
	module_of_two("bad");
	setenv("FAKE_LINK", "fail", 1);
	run("scan", "drivers", KERNEL, NULL);
	assert_refused("strongfence: link: link: told to fail; nothing could be checked\n");
	assert_string_equal(last_run()->out, "");
	unsetenv("FAKE_LINK");
	run("scan", "drivers", KERNEL, NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("3 units analysed, 1 finding ");
}

static void a_file_alone_uses_the_last_scan(void **state)
{
	(void)state;
	module_of_two("bad");
	// Without a scan: by itself, and nothing is said of it.
	run("check", "drivers/a/one.c", KERNEL, NULL);
	assert_int_equal(last_run()->status, 0);
	assert_null(strstr(last_run()->err, "using the facts"));
	assert_done(1, 0, 0);
	run("scan", "drivers", KERNEL, NULL);
	assert_said("1 finding ");
	assert_done(3, 1, 3);
	run("check", "drivers/a/one.c", KERNEL, NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("strongfence: using the facts of the scan of 20");
	assert_said(" (3 units)\n");
	assert_done(0, 0, 0);
	// Its own source changed; the other's too, which nobody looks at.
	put_later("linux/drivers/a/two.c", "int two; // fake: exports helper good\n");
	put_later("linux/drivers/a/one.c", "int one;\n\nint all; // fake: imports helper\n");
	run("check", "drivers/a/one.c", KERNEL, NULL);
	assert_int_equal(last_run()->status, 1);
	assert_int_equal(strncmp(last_run()->out, "drivers/a/one.c:3:2: warning: imported and bad", 46), 0);
	assert_done(1, 0, 1);
	run("scan", "drivers", KERNEL, NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("facts of 1 unit read again, 2 units checked again, 1 as before\n");
}

static void a_scan_of_a_part_leaves_what_the_rest_was_told(void **state)
{
	(void)state;
	module_of_two("bad");
	run("scan", "drivers/a", KERNEL, NULL);
	assert_said("1 finding ");
	run("scan", "drivers/b", KERNEL, NULL);
	assert_done(3, 2, 3);
	run("check", "drivers/a/one.c", KERNEL, NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said(" (2 units)\n");
	run("check", "drivers/b/three.c", KERNEL, NULL);
	assert_said(" (1 unit)\n");
	assert_done(0, 0, 0);
	run("scan", "drivers/a", KERNEL, NULL);
	assert_said("1 finding ");
	assert_done(0, 1, 0);
}

static void a_file_alone_that_fails_is_a_failure(void **state)
{
	(void)state;
	module_of_two("bad");
	run("scan", "drivers", KERNEL, NULL);
	put_later("linux/drivers/a/one.c", "// fake: die\n");
	run("check", "drivers/a/one.c", KERNEL, NULL);
	assert_refused("strongfence: drivers/a/one.c: ");
	assert_string_equal(last_run()->out, "");
}

static void results_are_the_same_whatever_the_jobs(void **state)
{
	static const char *const jobs[] = {"-j1", "-j2", "-j7"};
	char *first = NULL, *listed = NULL;

	(void)state;
	module_of_two("bad");
	for (size_t i = 0; i < 3; i++) {
		char *list;

		remove_tree("state");
		run("scan", "drivers", KERNEL, "--state", "state", "--format", "json", jobs[i], NULL);
		list = get("state/build.ninja");
		if (first) {
			assert_string_equal(last_run()->out, first);
			assert_string_equal(list, listed);
			free(list);
		} else {
			first = copy(last_run()->out);
			listed = list;
		}
	}
	free(listed);
	free(first);
}

static void fences_prints_what_callbacks_are_called_under(void **state)
{
	(void)state;
	module_of_two("good");
	put("linux/drivers/a/one.c", "int one; // fake: slot\n");
	run("fences", "drivers", KERNEL, NULL);
	assert_int_equal(last_run()->status, 0);
	assert_string_equal(last_run()->out, "Callbacks under a fence of their core\n\n"
					     "  thing_ops.read\n"
					     "    thing.sem, tests thing.ops: thing_call (drivers/a/one.c:1)\n");
	run("fences", "drivers", KERNEL, "--format", "json", NULL);
	assert_non_null(strstr(last_run()->out, "{\"type\":\"slot\",\"struct\":\"thing_ops\",\"slot\":\"read\","));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_setup, bed_teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_one_unit_says_is_found_in_another),
		TEST(the_list_of_what_is_linked_is_in_order),
		TEST(nothing_changed_runs_nothing),
		TEST(a_touched_file_costs_itself_and_whom_it_affects),
		TEST(units_set_aside_give_facts_to_their_module),
		TEST(a_unit_whose_facts_fail_is_named_and_missed),
		TEST(a_unit_program_that_dies_does_not_hold_up_the_others),
		TEST(missing_facts_of_a_unit_set_aside_are_no_failure_and_not_clean),
		TEST(damaged_facts_are_named_and_healed),
		TEST(a_link_that_fails_is_named),
		TEST(a_file_alone_uses_the_last_scan),
		TEST(a_scan_of_a_part_leaves_what_the_rest_was_told),
		TEST(a_file_alone_that_fails_is_a_failure),
		TEST(results_are_the_same_whatever_the_jobs),
		TEST(fences_prints_what_callbacks_are_called_under),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
