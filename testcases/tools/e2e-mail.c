// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strongfence mail, end to end: which finding is meant, and where it comes from.

#include "bed.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

static const char source[] =
	"int a; // fake: finding UnfencedFileOp high\nint b; // fake: finding RacyAliveCheck low\n"
	"int c; // fake: fence\n";

static void analyse_one(void)
{
	put("a.c", source);
	run("check", "a.c", "--state", "s", NULL);
	assert_int_equal(last_run()->status, 1);
}

static void of_the_last_run(void **state)
{
	(void)state;
	analyse_one();
	run("mail", "a.c:1", "--state", "s", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_int_equal(
		strncmp(last_run()->out, "Subject: [BUG?] a: thing_read() can race with thing_remove()\n\n", 62), 0);
	// The fence of the same run.
	assert_non_null(strstr(last_run()->out, "'sem' of struct thing (shared)\n"));
	assert_non_null(strstr(last_run()->out, "it was not reproduced"));
	assert_said("read the driver before you send it");
	assert_lines_are_ours(last_run()->err);
}

static void by_fingerprint(void **state)
{
	(void)state;
	analyse_one();
	run("mail", "Racy", "--state", "s", "-o", "mail.txt", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_string_equal(last_run()->out, "");
	char *mail = get("mail.txt");

	assert_non_null(strstr(mail, "teardown.RacyAliveCheck"));
	free(mail);
	run("mail", "Rac", "--state", "s", NULL);
	assert_refused("Rac: none of the 2 findings has this fingerprint or place; they are");
	assert_said("strongfence:   RacyAliveCheck a.c:2:2 RacyAliveCheck\n");
}

static void a_place_as_it_was_printed(void **state)
{
	static const char *const places[] = {"a.c:2", "a.c:2:2", "a.c:2:2:", "a.c:2:"};

	(void)state;
	analyse_one();
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		run("mail", places[i], "--state", "s", NULL);
		assert_int_equal(last_run()->status, 0);
		assert_non_null(strstr(last_run()->out, "in a.c:2:\n"));
	}
	run("mail", "c:2", "--state", "s", NULL);
	assert_refused("c:2: none of the 2 findings");
	run("mail", "a.c", "--state", "s", NULL);
	assert_refused("a.c: none of the 2 findings");
}

static void what_is_ambiguous_is_refused(void **state)
{
	(void)state;
	put("a.c", "int a; // fake: finding UnfencedFileOp high\n");
	put("b/a.c", "int a; // fake: finding UnreferencedOpen high\n");
	run("check", "a.c", "b/a.c", "--state", "s", NULL);
	run("mail", "a.c:1", "--state", "s", NULL);
	assert_refused("a.c:1: that is more than one finding:");
	assert_said("  UnfencedFileOp a.c:1:2 UnfencedFileOp\n");
	assert_said("  UnreferencedOpen b/a.c:1:2 UnreferencedOpen\n");
	run("mail", "b/a.c:1", "--state", "s", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_non_null(strstr(last_run()->out, "in b/a.c:1:\n"));
}

// Of what is said of two places in the same words there is one mail.
static void several_places_are_one_mail(void **state)
{
	(void)state;
	put("a.c", "int a; // fake: finding UnfencedFileOp high\nint b; // fake: finding UnfencedFileOp high\n");
	run("check", "a.c", "--state", "s", NULL);
	run("mail", "UnfencedFileOp", "--state", "s", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_non_null(strstr(last_run()->out, "in a.c:1:\n"));
	assert_non_null(strstr(last_run()->out, "\n  a.c:2: The same\n"));
	run("mail", "a.c:2", "--state", "s", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_non_null(strstr(last_run()->out, "in a.c:2:\n"));
	assert_null(strstr(last_run()->out, "The same"));
}

static void of_a_file_of_findings(void **state)
{
	(void)state;
	put("a.c", source);
	run("check", "a.c", "--format", "json", "-o", "found.jsonl", NULL);
	run("mail", "a.c:1", "--findings", "found.jsonl", NULL);
	assert_int_equal(last_run()->status, 0);
	// Nobody says what was inferred, so nothing is said of it.
	assert_null(strstr(last_run()->out, "inferred"));
	assert_non_null(strstr(last_run()->out, "What would mend it: a lock and a state"));
	put("bad.jsonl", "{\"rule\": 1}\n");
	run("mail", "a.c:1", "--findings", "bad.jsonl", NULL);
	assert_refused("bad.jsonl: line 1: 'rule' is of another type");
	run("mail", "a.c:1", "--findings", "none.jsonl", NULL);
	assert_refused("none.jsonl: No such file or directory");
	put("empty.jsonl", "");
	run("mail", "a.c:1", "--findings", "empty.jsonl", NULL);
	assert_refused("a.c:1: there are no findings");
}

static void of_a_kernel_tree(void **state)
{
	(void)state;
	make_kernel("src");
	char *makefile = get("src/Makefile");
	char *versioned = format("VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 7\nEXTRAVERSION = -rc1\n%s", makefile);

	put("src/Makefile", versioned);
	free(versioned);
	free(makefile);
	run("prepare", "--kernel-src", "src", "--kernel-build", "build", NULL);
	assert_int_equal(last_run()->status, 0);
	run("scan", "drivers", "--kernel-build", "build", NULL);
	assert_int_equal(last_run()->status, 1);
	run("mail", "one.c:2", "--kernel-build", "build", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_non_null(strstr(last_run()->out, "in Linux 6.12.7-rc1, drivers/a/one.c:2:\n"));
	assert_said("/src && scripts/get_maintainer.pl -f drivers/a/one.c)\n");
	// The state folder alone knows the tree as well.
	run("mail", "one.c:2", "--state", "build/.strongfence", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_non_null(strstr(last_run()->out, "in Linux 6.12.7-rc1, "));
}

static void nothing_to_take_it_from(void **state)
{
	(void)state;
	run("mail", NULL);
	assert_refused("mail: name one finding");
	run("mail", "abcd", NULL);
	assert_refused("mail: which findings?");
	assert_int_equal(mkdir("empty", 0777), 0);
	run("mail", "abcd", "--state", "empty", NULL);
	assert_refused("empty: no run left its findings there; run check or scan first");
	analyse_one();
	run("mail", "a.c:1", "--state", "s", "-o", "none/mail.txt", NULL);
	assert_refused("none/mail.txt: ");
}

// What a run could not keep is said, and it is part of its work.
static void a_folder_that_takes_nothing(void **state)
{
	(void)state;
	put("a.c", "int a;\n");
	assert_int_equal(make_directories("s/findings.jsonl"), 0);
	run("check", "a.c", "--state", "s", NULL);
	assert_int_equal(last_run()->status, 2);
	assert_said("findings.jsonl: Is a directory; mail will not know these findings");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(of_the_last_run, bed_setup, bed_teardown),
		cmocka_unit_test_setup_teardown(by_fingerprint, bed_setup, bed_teardown),
		cmocka_unit_test_setup_teardown(a_place_as_it_was_printed, bed_setup, bed_teardown),
		cmocka_unit_test_setup_teardown(what_is_ambiguous_is_refused, bed_setup, bed_teardown),
		cmocka_unit_test_setup_teardown(several_places_are_one_mail, bed_setup, bed_teardown),
		cmocka_unit_test_setup_teardown(of_a_file_of_findings, bed_setup, bed_teardown),
		cmocka_unit_test_setup_teardown(of_a_kernel_tree, bed_setup, bed_teardown),
		cmocka_unit_test_setup_teardown(nothing_to_take_it_from, bed_setup, bed_teardown),
		cmocka_unit_test_setup_teardown(a_folder_that_takes_nothing, bed_setup, bed_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
