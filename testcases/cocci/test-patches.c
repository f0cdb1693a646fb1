// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What mode patch makes of a bad twin compiles, and the rule says nothing of it any more.

#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "process.h"
#include "scripts.h"
#include "table.h"

static struct table table;
static char folder[] = "/tmp/strongfence-patches-XXXXXX";

static int enter(void **state)
{
	(void)state;
	table = table_read(ROOT "/testcases/cocci/twins.tsv");
	return mkdtemp(folder) ? chdir(folder) : -1;
}

static int leave(void **state)
{
	(void)state;
	remove_tree(folder);
	return 0;
}

static void keep(void *context, char *line)
{
	strings_add(context, line);
}

static void assert_compiles(const char *file)
{
	static const char *const words[] = {"clang-19", "--target=x86_64-linux-gnu", "-std=gnu11", "-nostdinc",
					    "-fsyntax-only", "-Werror", "-Wno-unused", "-I",
					    ROOT "/testcases/Inputs/include"};
	struct strings list = {0}, lines = {0};
	struct process process = {.words = &list, .line = keep, .context = &lines, .join_errors = true};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		strings_add(&list, words[i]);
	strings_add(&list, file);
	if (process_run(&process, NULL))
		fail_msg("%s does not compile: %s", file, lines.count ? lines.at[0] : "");
	strings_free(&lines);
	strings_free(&list);
}

// True when the twin was changed.
static bool mend(const char *rule, const char *twin)
{
	char *from = format(ROOT "/testcases/%s", twin), *text = file_read(from, NULL), *mended;
	char *script = script_path(rule);
	struct said said;
	json_t *findings;
	bool changed;

	assert_non_null(text);
	assert_int_equal(file_write("mended.c", text, strlen(text)), 0);
	said = spatch("-D", "patch", "--very-quiet", "--in-place", "-I", ROOT "/testcases/Inputs/include",
		      "--cocci-file", script, "mended.c", NULL);
	if (said.status)
		fail_msg("%s on %s: %s", rule, twin, said.lines.count ? said.lines.at[0] : "");
	mended = file_read("mended.c", NULL);
	changed = strcmp(text, mended);
	if (changed) {
		assert_compiles("mended.c");
		findings = script_findings(rule, "mended.c");
		if (json_array_size(findings))
			fail_msg("%s, mended, is still reported: %s", twin,
				 json_string_value(json_object_get(json_array_get(findings, 0), "message")));
		json_decref(findings);
	}
	said_free(&said);
	free(mended);
	free(text);
	free(from);
	free(script);
	return changed;
}

static void test_mended_twins(void **state)
{
	struct strings served = scripts();
	size_t with_patch = 0;

	(void)state;
	for (size_t i = 0; i < served.count; i++) {
		size_t mended = 0;

		if (!script_has_mode(served.at[i], "patch"))
			continue;
		with_patch++;
		for (size_t row = 0; row < table.count; row++) {
			const char *twin = table_cell(&table, row, "twin");
			bool changed;

			if (strcmp(table_cell(&table, row, "rule"), served.at[i]) ||
			    strcmp(table_cell(&table, row, "expect"), "seen"))
				continue;
			changed = mend(served.at[i], twin);
			mended += changed;
			if (changed != !strcmp(table_cell(&table, row, "patch"), "mends"))
				fail_msg("%s is %schanged by %s", twin, changed ? "" : "not ", served.at[i]);
		}
		if (!mended)
			fail_msg("%s mends no twin", served.at[i]);
	}
	assert_true(with_patch >= 4);
	strings_free(&served);
}

// A good twin is left as it is.
static void test_good_twins_stay(void **state)
{
	struct strings served = scripts();

	(void)state;
	for (size_t i = 0; i < served.count; i++) {
		struct said said;
		char *good;

		if (!script_has_mode(served.at[i], "patch"))
			continue;
		good = format(ROOT "/testcases/%s", served.at[i]);
		said = script_run(served.at[i], "patch", good);
		for (size_t k = 0; k < said.lines.count; k++)
			if (!strncmp(said.lines.at[k], "--- ", 4) && strstr(said.lines.at[k], "/good-"))
				fail_msg("%s changes %s", served.at[i], said.lines.at[k] + 4);
		said_free(&said);
		free(good);
	}
	strings_free(&served);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mended_twins),
		cmocka_unit_test(test_good_twins_stay),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
