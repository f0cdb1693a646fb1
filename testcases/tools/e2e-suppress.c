// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Suppression in the source and by .strongfence.yaml, end to end.

#include "bed.h"

#include <jansson.h>

static const char two_findings[] = "int a; // fake: finding UnfencedFileOp high\n"
				   "int b; // fake: finding RacyAliveCheck low\n";

static void put_with(const char *comment)
{
	char *text = format("/* %s */\n%s", comment, two_findings);

	put("a.c", text);
	free(text);
}

static void a_comment_above_suppresses(void **state)
{
	(void)state;
	put_with("strongfence: ok UnfencedFileOp - the core waits");
	run("check", "a.c", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_null(strstr(last_run()->out, "UnfencedFileOp"));
	assert_non_null(strstr(last_run()->out, "RacyAliveCheck"));
	assert_said("1 finding (RacyAliveCheck 1), 1 suppressed, 0 budget stops");
	assert_null(strstr(last_run()->err, "unused"));
	run("check", "-v", "a.c", NULL);
	assert_said("strongfence: a.c:2: suppressed: UnfencedFileOp - the core waits (a.c:1)\n");
}

static void what_is_suppressed_does_not_count(void **state)
{
	(void)state;
	put("a.c", "/* strongfence: ok UnfencedFileOp - the core waits */\nint a; // fake: finding UnfencedFileOp high\n");
	run("check", "a.c", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_string_equal(last_run()->out, "");
	assert_said("0 findings, 1 suppressed, ");
}

static void json_has_what_is_suppressed(void **state)
{
	json_t *line;
	const json_t *by;

	(void)state;
	put_with("strongfence: ok UnfencedFileOp - the core waits");
	run("check", "--format", "json", "-o", "out.json", "a.c", NULL);
	assert_int_equal(lines_in("out.json"), 2);
	char *text = get("out.json");

	line = json_loads(strchr(text, '\n') + 1, JSON_DISABLE_EOF_CHECK, NULL);
	assert_string_equal(json_string_value(json_object_get(line, "type")), "suppressed");
	assert_string_equal(json_string_value(json_object_get(line, "rule")), "UnfencedFileOp");
	by = json_object_get(line, "suppression");
	assert_string_equal(json_string_value(json_object_get(by, "kind")), "inSource");
	assert_string_equal(json_string_value(json_object_get(by, "reason")), "the core waits");
	assert_string_equal(json_string_value(json_object_get(by, "file")), "a.c");
	assert_int_equal(json_integer_value(json_object_get(by, "line")), 1);
	json_decref(line);
	free(text);
}

static void no_reason_no_effect(void **state)
{
	(void)state;
	put_with("strongfence: ok UnfencedFileOp");
	run("check", "a.c", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("strongfence: a.c:1: suppression without effect: it gives no reason\n");
	assert_said("2 findings (UnfencedFileOp 1, RacyAliveCheck 1), 1 suppression without effect, ");
	put_with("strongfence: ok UnfencedFileOps - the core waits");
	run("check", "a.c", NULL);
	assert_said("strongfence: a.c:1: suppression without effect: unknown rule 'UnfencedFileOps'\n");
}

static void unused_ones_are_named(void **state)
{
	(void)state;
	put_with("strongfence: ok TeardownOrder - never");
	run("check", "a.c", NULL);
	assert_said("strongfence: a.c:1: unused suppression of TeardownOrder\n");
	assert_said("2 findings (UnfencedFileOp 1, RacyAliveCheck 1), 1 unused suppression, ");
	// A rule that was not looked for says nothing.
	run("check", "--rules", "UnfencedFileOp,RacyAliveCheck", "a.c", NULL);
	assert_null(strstr(last_run()->err, "unused"));
	// Neither does a unit that failed.
	put("a.c", "/* strongfence: ok TeardownOrder - never */\nint a; // fake: status timeout\n");
	run("check", "a.c", NULL);
	assert_refused("1 FAILED");
	assert_null(strstr(last_run()->err, "unused"));
}

static void a_hidden_finding_makes_one_used(void **state)
{
	(void)state;
	put("a.c", "int a; // strongfence: ok RacyAliveCheck - held fake: finding RacyAliveCheck low\n"
		   "int b; /* strongfence: ok RacyAliveCheck - held */ // fake: finding RacyAliveCheck low\n"
		   "int c; // fake: finding RacyAliveCheck low\n");
	run("check", "--min-severity", "high", "a.c", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("0 findings, 1 suppressed, 1 unused suppression, 1 below --min-severity");
}

static void rows_suppress(void **state)
{
	(void)state;
	put("sub/a.c", two_findings);
	put(".strongfence.yaml", "suppress:\n- rule: UnfencedFileOp\n  file: sub/*.c\n  function: thing_read\n"
				 "  reason: the core waits\n");
	run("check", "--format", "json", "sub/a.c", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_non_null(strstr(last_run()->out, "\"suppression\":{\"kind\":\"external\",\"reason\":\"the core waits\","
						"\"file\":\".strongfence.yaml\",\"line\":2}"));
	assert_said("1 finding (RacyAliveCheck 1), 1 suppressed, ");
	put(".strongfence.yaml", "suppress:\n- rule: TeardownOrder\n  file: sub/a.c\n  reason: never\n"
				 "- rule: TeardownOrder\n  file: sub/b.c\n  reason: moved\n");
	run("check", "sub/a.c", NULL);
	assert_said("strongfence: .strongfence.yaml:2: unused suppression of TeardownOrder\n");
	assert_said("strongfence: .strongfence.yaml:5: suppression without effect: there is no file sub/b.c\n");
	assert_said("2 findings (UnfencedFileOp 1, RacyAliveCheck 1), 1 unused suppression, 1 suppression without effect, ");
}

static void wrong_rows_are_fatal_before_any_work(void **state)
{
	(void)state;
	put("a.c", two_findings);
	put(".strongfence.yaml", "suppress:\n- rule: UnfencedFileOp\n  file: a.c\n");
	run("check", "a.c", NULL);
	assert_refused("/.strongfence.yaml:2:3: the row has no 'reason'\n");
	assert_int_equal(lines_in("runs"), 0);
	put(".strongfence.yaml", "suppress: [\n");
	run("check", "a.c", NULL);
	assert_refused("/.strongfence.yaml:2:1: ");
}

static void a_scan_judges_patterns_and_sources(void **state)
{
	(void)state;
	make_kernel("linux");
	run("prepare", "--kernel-src", "linux", "--kernel-build", "build", NULL);
	assert_int_equal(last_run()->status, 0);
	put("linux/.strongfence.yaml", "suppress:\n- rule: UnfencedFileOp\n  file: drivers/a/*.c\n  reason: one\n"
				       "- rule: TeardownOrder\n  file: drivers/*/*.c\n  reason: two\n"
				       "- rule: RacyAliveCheck\n  file: drivers/b/*.c\n  reason: three\n");
	put("linux/drivers/a/two.c", "int two; /* strongfence: ok RacyAliveCheck - x */\n");
	run("scan", "--all", "drivers/a", "--kernel-build", "build", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("strongfence: drivers/a/two.c:1: unused suppression of RacyAliveCheck\n");
	assert_said("strongfence: .strongfence.yaml:5: unused suppression of TeardownOrder\n");
	assert_said("2 units analysed, 0 findings, 1 suppressed, 2 unused suppressions, ");
	// One of the files cannot tell of all.
	run("check", "drivers/a/one.c", "--kernel-build", "build", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("0 findings, 1 suppressed, 0 budget stops");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_setup, bed_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_comment_above_suppresses),
		TEST(what_is_suppressed_does_not_count),
		TEST(json_has_what_is_suppressed),
		TEST(no_reason_no_effect),
		TEST(unused_ones_are_named),
		TEST(a_hidden_finding_makes_one_used),
		TEST(rows_suppress),
		TEST(wrong_rows_are_fatal_before_any_work),
		TEST(a_scan_judges_patterns_and_sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
