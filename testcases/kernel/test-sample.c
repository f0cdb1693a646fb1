// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A sample is the same for the same seed, has enough of each rule, and is another for another seed.

#include "test.h"

#include <stdio.h>
#include <unistd.h>

#include "files.h"
#include "process.h"

static char folder[] = "/tmp/sample-XXXXXX";

// 40 findings of Common, 10 of Less, 3 of Rare.
static int write_findings(void **state)
{
	FILE *to;

	(void)state;
	if (!mkdtemp(folder) || chdir(folder) < 0)
		return -1;
	to = fopen("all", "w");
	for (int i = 0; i < 53; i++)
		fprintf(to, "{\"rule\":\"%s\",\"severity\":\"high\",\"file\":\"f%02d.c\",\"line\":1,\"column\":1,"
			    "\"message\":\"m\",\"notes\":[],\"fingerprint\":\"x\"}\n",
			i < 40 ? "Common" : i < 50 ? "Less" : "Rare", i);
	return fclose(to);
}

static int remove_findings(void **state)
{
	(void)state;
	assert_int_equal(chdir("/"), 0);
	remove_tree(folder);
	return 0;
}

static char *draw(const char *file, const char *seed, const char *size)
{
	struct strings words = {0};
	char *text;

	strings_add(&words, SAMPLE);
	strings_add(&words, file);
	strings_add(&words, seed);
	strings_add(&words, size);
	text = process_output(&words);
	strings_free(&words);
	return text;
}

static size_t times(const char *text, const char *what)
{
	size_t count = 0;

	for (const char *at = text; (at = strstr(at, what)); at++)
		count++;
	return count;
}

static void each_rule_has_its_share(void **state)
{
	char *text = draw("all", "7", "30");

	(void)state;
	assert_non_null(strstr(text, "# all, seed 7: 30 of 53 findings\n"));
	assert_int_equal(times(text, "warning: "), 30);
	assert_true(times(text, "[teardown.Common]") >= 8);
	assert_true(times(text, "[teardown.Less]") >= 8);
	assert_int_equal(times(text, "[teardown.Rare]"), 3);
	assert_non_null(strstr(text, "#   Rare                3 of 3\n"));
	free(text);
	// Eight, eight and three are drawn even when fewer are asked for, and all when more are.
	text = draw("all", "7", "1");
	assert_int_equal(times(text, "warning: "), 19);
	free(text);
	text = draw("all", "7", "100");
	assert_int_equal(times(text, "warning: "), 53);
	free(text);
}

static void the_seed_decides(void **state)
{
	char *first = draw("all", "7", "30"), *again = draw("all", "7", "30"), *other = draw("all", "8", "30");

	(void)state;
	assert_string_equal(first, again);
	assert_string_not_equal(strchr(first, '\n'), strchr(other, '\n'));
	free(first);
	free(again);
	free(other);
}

static void what_is_wrong_is_said(void **state)
{
	(void)state;
	assert_null(draw("none", "7", "30"));
	assert_null(draw("all", "x", "30"));
	assert_null(draw("all", "7", "-1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_has_its_share),
		cmocka_unit_test(the_seed_decides),
		cmocka_unit_test(what_is_wrong_is_said),
	};

	return cmocka_run_group_tests(tests, write_findings, remove_findings);
}
