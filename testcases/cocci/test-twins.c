// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The twins of the checkers, read by the semantic patches: nothing is said of a good one, whatever rule it belongs to,
// and twins.tsv says which bad ones are seen.

#include "test.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "rules.h"
#include "scripts.h"
#include "table.h"

#define TWINS "testcases/cocci/twins.tsv"

static struct table table;

static int read_table(void **state)
{
	(void)state;
	table = table_read(ROOT "/" TWINS);
	return 0;
}

// RULE/NAME.c of a twin, NULL of another file.
static const char *twin_of(const char *file, const char *kind)
{
	for (size_t i = 0; i < rule_count; i++) {
		char *start = format("/testcases/%s/%s-", rules[i].key, kind), *at = strstr(file, start);
		size_t before = strlen("/testcases/");

		free(start);
		if (at)
			return at + before;
	}
	return NULL;
}

static const char *expected(const char *rule, const char *twin)
{
	for (size_t row = 0; row < table.count; row++)
		if (!strcmp(table_cell(&table, row, "rule"), rule) && !strcmp(table_cell(&table, row, "twin"), twin))
			return table_cell(&table, row, "expect");
	return NULL;
}

static bool found_in(const json_t *findings, const char *twin)
{
	json_t *finding;
	size_t i;

	json_array_foreach(findings, i, finding) {
		const char *file = twin_of(json_string_value(json_object_get(finding, "file")), "bad");

		if (file && !strcmp(file, twin))
			return true;
	}
	return false;
}

static size_t wrong_of(const char *rule)
{
	json_t *findings = script_findings(rule, ROOT "/testcases"), *finding;
	char *pattern = format(ROOT "/testcases/%s/bad-*.c", rule);
	size_t wrong = 0, i;
	glob_t bad;

	json_array_foreach(findings, i, finding) {
		const char *file = json_string_value(json_object_get(finding, "file"));
		const char *good = twin_of(file, "good"), *other = twin_of(file, "bad");
		bool told = !other || expected(rule, other);

		if (!good && told)
			continue;
		print_error("%s: %s:%lld: %s\n", rule, good ? good : other,
			    (long long)json_integer_value(json_object_get(finding, "line")),
			    json_string_value(json_object_get(finding, "message")));
		wrong++;
	}
	assert_int_equal(glob(pattern, 0, NULL, &bad), 0);
	for (i = 0; i < bad.gl_pathc; i++) {
		const char *twin = twin_of(bad.gl_pathv[i], "bad"), *expect = expected(rule, twin);

		if (!expect) {
			print_error("%s: " TWINS " has no row for %s\n", rule, twin);
			wrong++;
		}
	}
	globfree(&bad);
	for (size_t row = 0; row < table.count; row++) {
		const char *twin = table_cell(&table, row, "twin"), *expect = table_cell(&table, row, "expect");

		if (strcmp(table_cell(&table, row, "rule"), rule) || !strcmp(expect, found_in(findings, twin) ? "seen" : "missed"))
			continue;
		print_error("%s: %s is not %s\n", rule, twin, expect);
		wrong++;
	}
	json_decref(findings);
	free(pattern);
	return wrong;
}

static void test_twins(void **state)
{
	struct strings served = scripts();
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < served.count; i++)
		wrong += wrong_of(served.at[i]);
	strings_free(&served);
	assert_int_equal(wrong, 0);
}

// Of the twins of a rule that is served, at least a third is seen: else the page would promise too much.
static void test_enough_is_seen(void **state)
{
	struct strings served = scripts();

	(void)state;
	for (size_t i = 0; i < served.count; i++) {
		size_t seen = 0, all = 0;

		for (size_t row = 0; row < table.count; row++) {
			if (strcmp(table_cell(&table, row, "rule"), served.at[i]))
				continue;
			all++;
			seen += !strcmp(table_cell(&table, row, "expect"), "seen");
			if (strcmp(table_cell(&table, row, "expect"), "seen") && !*table_cell(&table, row, "why"))
				fail_msg("%s: no reason why it is missed", table_cell(&table, row, "twin"));
		}
		if (3 * seen < all)
			fail_msg("%s: %zu of %zu bad twins are seen", served.at[i], seen, all);
	}
	strings_free(&served);
}

// The same in each mode: a report has a line a finding, org a TODO, context a mark.
static void test_modes_agree(void **state)
{
	struct strings served = scripts();

	(void)state;
	for (size_t i = 0; i < served.count; i++) {
		for (size_t row = 0; row < table.count; row++) {
			char *file, *tag;
			struct said said;
			size_t reports = 0, todos = 0, marks = 0;
			json_t *findings;

			if (strcmp(table_cell(&table, row, "rule"), served.at[i]) ||
			    strcmp(table_cell(&table, row, "expect"), "seen"))
				continue;
			file = format(ROOT "/testcases/%s", table_cell(&table, row, "twin"));
			tag = format("[teardown.%s]", served.at[i]);
			findings = script_findings(served.at[i], file);
			said = script_run(served.at[i], "report", file);
			for (size_t k = 0; k < said.lines.count; k++)
				reports += strstr(said.lines.at[k], ": WARNING: ") && strstr(said.lines.at[k], tag);
			said_free(&said);
			said = script_run(served.at[i], "org", file);
			for (size_t k = 0; k < said.lines.count; k++)
				todos += !strncmp(said.lines.at[k], "* TODO ", 7);
			said_free(&said);
			said = script_run(served.at[i], "context", file);
			for (size_t k = 0; k < said.lines.count; k++)
				marks += said.lines.at[k][0] == '-' && said.lines.at[k][1] != '-';
			said_free(&said);
			if (reports != json_array_size(findings) || todos != reports || !marks)
				fail_msg("%s on %s: %zu findings, %zu reports, %zu in org, %zu marks in context", served.at[i],
					 file, json_array_size(findings), reports, todos, marks);
			json_decref(findings);
			free(tag);
			free(file);
			break; // one twin a rule
		}
	}
	strings_free(&served);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_twins),
		cmocka_unit_test(test_enough_is_seen),
		cmocka_unit_test(test_modes_agree),
	};

	return cmocka_run_group_tests(tests, read_table, NULL);
}
