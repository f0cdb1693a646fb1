// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// --baseline and diff, end to end.

#include "bed.h"

// The stand-in's fingerprint is the rule.
static const char one[] = "int a; // fake: finding UnfencedFileOp high\n";
static const char two[] = "int a; // fake: finding UnfencedFileOp high\nint b; // fake: finding RacyAliveCheck low\n";

static void make_baseline(void)
{
	run("check", "--format", "json", "-o", "old.json", "a.c", NULL);
	assert_int_not_equal(last_run()->status, 2);
}

static void only_new_findings_are_reported(void **state)
{
	(void)state;
	put("a.c", one);
	make_baseline();
	run("check", "--baseline", "old.json", "a.c", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_string_equal(last_run()->out, "");
	assert_said("1 unit analysed, 0 new findings, 1 known from the baseline, 0 gone, ");
	put("a.c", two);
	run("check", "--baseline=old.json", "a.c", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_null(strstr(last_run()->out, "UnfencedFileOp"));
	assert_non_null(strstr(last_run()->out, "a.c:2:2: warning: "));
	assert_said("1 new finding (RacyAliveCheck 1), 1 known from the baseline, 0 gone, ");
	run("check", "--baseline", "old.json", "--format", "json", "a.c", NULL);
	assert_non_null(strstr(last_run()->out, "RacyAliveCheck"));
	assert_null(strstr(last_run()->out, "UnfencedFileOp"));
}

static void lines_do_not_matter_and_counts_do(void **state)
{
	(void)state;
	put("a.c", one);
	make_baseline();
	put("a.c", "\n\n\nint a; // fake: finding UnfencedFileOp high\n");
	run("check", "--baseline", "old.json", "a.c", NULL);
	assert_int_equal(last_run()->status, 0);
	put("a.c", "int a; // fake: finding UnfencedFileOp high\nint b; // fake: finding UnfencedFileOp high\n");
	run("check", "--baseline", "old.json", "a.c", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_non_null(strstr(last_run()->out, "a.c:2:2: warning: "));
	assert_null(strstr(last_run()->out, "a.c:1:2: warning: "));
	assert_said("1 new finding (UnfencedFileOp 1), 1 known from the baseline, 0 gone");
}

static void gone_ones_are_counted(void **state)
{
	(void)state;
	put("a.c", two);
	make_baseline();
	put("a.c", one);
	run("check", "--baseline", "old.json", "--format", "json", "a.c", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_int_equal(strncmp(last_run()->out, "{\"type\":\"gone\",", 15), 0);
	assert_said("0 new findings, 1 known from the baseline, 1 gone");
	// Another file, or another rule, says nothing of it.
	put("b.c", "int b;\n");
	run("check", "--baseline", "old.json", "b.c", NULL);
	assert_said("strongfence: 2 findings of the baseline were not looked for: another file, rule or engine\n");
	assert_said("0 new findings, 0 known from the baseline, 0 gone");
	run("check", "--baseline", "old.json", "--rules", "UnfencedFileOp", "a.c", NULL);
	assert_said("strongfence: 1 finding of the baseline was not looked for: ");
	assert_said("1 known from the baseline, 0 gone");
	// Neither does a unit that failed.
	put("a.c", "int a; // fake: status timeout\n");
	run("check", "--baseline", "old.json", "a.c", NULL);
	assert_int_equal(last_run()->status, 2);
	assert_null(strstr(last_run()->err, "0 new findings"));
	assert_said("0 known from the baseline, 0 gone");
}

static void what_is_hidden_or_suppressed_is_not_gone(void **state)
{
	(void)state;
	put("a.c", two);
	make_baseline();
	run("check", "--baseline", "old.json", "--min-severity", "high", "a.c", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("0 new findings, 1 known from the baseline, 0 gone, 1 below --min-severity");
	put("a.c", "int a; // strongfence: ok UnfencedFileOp - fenced elsewhere\n"
		   "int b; // fake: finding RacyAliveCheck low\n"
		   "int c; /* strongfence: ok UnfencedFileOp - fenced elsewhere */ // fake: finding UnfencedFileOp high\n");
	run("check", "--baseline", "old.json", "a.c", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("0 new findings, 1 known from the baseline, 0 gone, 1 suppressed, 1 unused suppression");
}

static void a_baseline_that_cannot_be_read(void **state)
{
	(void)state;
	put("a.c", one);
	run("check", "--baseline", "none.json", "a.c", NULL);
	assert_refused("strongfence: none.json: No such file or directory\n");
	put("bad.json", "{\"rule\":\"R\"}\n");
	run("check", "--baseline", "bad.json", "a.c", NULL);
	assert_refused("strongfence: bad.json: line 1: a finding without 'file'; these are no findings that --format json wrote\n");
	assert_int_equal(lines_in("runs"), 0);
	run("fences", "--baseline", "bad.json", "a.c", NULL);
	assert_refused("unknown option '--baseline'");
	put("empty.json", "");
	run("check", "--baseline", "empty.json", "a.c", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("1 new finding (UnfencedFileOp 1), 0 known from the baseline, 0 gone");
}

#define FINDING(fingerprint, file, line)                                                                                  \
	"{\"rule\":\"TeardownOrder\",\"severity\":\"high\",\"file\":\"" file "\",\"line\":" line ",\"column\":4,"           \
	"\"message\":\"m " fingerprint "\",\"fingerprint\":\"" fingerprint "\"}\n"

static void put_two(void)
{
	put("old", FINDING("f", "x/a.c", "1") FINDING("g", "x/a.c", "2") FINDING("h", "x/b.c", "3") FINDING("k", "x/k.c", "3"));
	put("new", FINDING("f", "x/a.c", "1") FINDING("h", "y/b.c", "30") FINDING("i", "x/a.c", "9") FINDING("k", "x/k.c", "4"));
}

static void diff_says_what_is_new_and_gone(void **state)
{
	(void)state;
	put_two();
	run("diff", "old", "new", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_string_equal(last_run()->out, "x/a.c:9:4: new: m i [teardown.TeardownOrder] (high)\n"
					     "x/a.c:2:4: gone: m g [teardown.TeardownOrder] (high)\n");
	assert_string_equal(last_run()->err, "strongfence: 1 new, 1 gone, 3 the same (2 of them elsewhere)\n");
	run("diff", "-v", "old", "new", NULL);
	assert_non_null(strstr(last_run()->out, "x/a.c:1:4: same: m f [teardown.TeardownOrder] (high)\n"));
	assert_non_null(strstr(last_run()->out, "y/b.c:30:4: same: m h [teardown.TeardownOrder] (high), was at x/b.c:3\n"));
}

static void diff_as_json(void **state)
{
	(void)state;
	put_two();
	run("diff", "-v", "--format", "json", "-o", "out", "old", "new", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_string_equal(last_run()->out, "");
	char *text = get("out");

	assert_int_equal(lines_in("out"), 5);
	assert_non_null(strstr(text, "{\"type\":\"new\",\"rule\":\"TeardownOrder\""));
	assert_non_null(strstr(text, "{\"type\":\"gone\",\"rule\":\"TeardownOrder\""));
	assert_non_null(strstr(text, "\"was\":{\"file\":\"x/b.c\",\"line\":3}}\n"));
	free(text);
}

static void diff_tells_what_is_suppressed_from_what_is_gone(void **state)
{
	(void)state;
	put("a.c", two);
	make_baseline();
	put("a.c", "int a; // fake: finding UnfencedFileOp high\n/* strongfence: ok RacyAliveCheck - held */\n"
		   "int b; // fake: finding RacyAliveCheck low\n");
	run("check", "--format", "json", "-o", "new.json", "a.c", NULL);
	run("diff", "old.json", "new.json", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_non_null(strstr(last_run()->out, "a.c:3:2: suppressed: "));
	assert_said("strongfence: 0 new, 0 gone, 1 the same, 1 suppressed now\n");
	run("diff", "new.json", "old.json", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("strongfence: 1 new, 0 gone, 1 the same\n");
}

static void diff_of_the_same(void **state)
{
	(void)state;
	put_two();
	run("diff", "old", "old", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_string_equal(last_run()->out, "");
	put("empty", "");
	run("diff", "empty", "empty", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_string_equal(last_run()->err, "strongfence: 0 new, 0 gone, 0 the same\n");
	run("diff", "old", "empty", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("0 new, 4 gone, 0 the same");
}

static void diff_that_cannot_be_done(void **state)
{
	(void)state;
	put_two();
	run("diff", "old", NULL);
	assert_refused("diff: two files of findings are compared");
	run("diff", "old", "none", NULL);
	assert_refused("strongfence: none: No such file or directory\n");
	put("bad", "no json\n");
	run("diff", "bad", "new", NULL);
	assert_refused("strongfence: bad: line 1: ");
	run("diff", "-", "-", NULL);
	assert_refused("standard input is one file");
	run("diff", "-o", "/nowhere/out", "old", "new", NULL);
	assert_refused("/nowhere/out: ");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_setup, bed_teardown)
	const struct CMUnitTest tests[] = {
		TEST(only_new_findings_are_reported),
		TEST(lines_do_not_matter_and_counts_do),
		TEST(gone_ones_are_counted),
		TEST(what_is_hidden_or_suppressed_is_not_gone),
		TEST(a_baseline_that_cannot_be_read),
		TEST(diff_says_what_is_new_and_gone),
		TEST(diff_as_json),
		TEST(diff_tells_what_is_suppressed_from_what_is_gone),
		TEST(diff_of_the_same),
		TEST(diff_that_cannot_be_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
