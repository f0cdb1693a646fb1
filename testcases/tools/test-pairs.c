// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test.h"

#include <stdio.h>

#include "baseline.h"
#include "pairs.h"

// "FINGERPRINT FILE LINE" each, up to NULL.
static json_t *list(const char *first, ...)
{
	json_t *findings = json_array();
	va_list args;

	va_start(args, first);
	for (const char *word = first; word; word = va_arg(args, const char *)) {
		char fingerprint[16], file[32];
		int line;

		assert_int_equal(sscanf(word, "%15s %31s %d", fingerprint, file, &line), 3);
		json_array_append_new(findings, json_pack("{s:s, s:s, s:i, s:s, s:[s]}", "fingerprint", fingerprint, "file",
							  file, "line", line, "rule", "TeardownOrder", "engines", "clang"));
	}
	va_end(args);
	return findings;
}

// What each old one is, a letter: '-' for none, else the index of the new one.
static void assert_pairs(json_t *old, json_t *new, const char *expected)
{
	struct pairs pairs = findings_pair(old, new);
	size_t both = 0;

	assert_int_equal(strlen(expected), json_array_size(old));
	for (size_t i = 0; expected[i]; i++) {
		size_t at = expected[i] == '-' ? NO_PAIR : (size_t)(expected[i] - '0');

		assert_int_equal(pairs.of_old[i], at);
		if (at == NO_PAIR)
			continue;
		assert_int_equal(pairs.of_new[at], i);
		both++;
	}
	assert_int_equal(pairs.both, both);
	for (size_t i = 0; i < json_array_size(new); i++)
		both -= pairs.of_new[i] != NO_PAIR;
	assert_int_equal(both, 0);
	pairs_free(&pairs);
	json_decref(old);
	json_decref(new);
}

static void the_fingerprint_decides(void **state)
{
	(void)state;
	assert_pairs(json_array(), json_array(), "");
	assert_pairs(list("f a.c 1", NULL), json_array(), "-");
	assert_pairs(list("f a.c 1", "g a.c 2", "h a.c 3", NULL), list("h a.c 3", "i a.c 1", "f a.c 1", NULL), "2-0");
}

static void other_lines_and_folders_are_the_same(void **state)
{
	(void)state;
	assert_pairs(list("f a.c 1", "g old/b.c 2", NULL), list("f a.c 10", "g new/b.c 7", NULL), "01");
}

static void counts_decide(void **state)
{
	(void)state;
	assert_pairs(list("f a.c 1", "f a.c 2", NULL), list("f a.c 9", NULL), "0-");
	assert_pairs(list("f a.c 1", NULL), list("f a.c 8", "f a.c 9", NULL), "0");
}

static void the_closest_is_the_same(void **state)
{
	(void)state;
	// The line, then the file, then any.
	assert_pairs(list("f a.c 5", NULL), list("f a.c 1", "f a.c 5", NULL), "1");
	assert_pairs(list("f b.c 5", NULL), list("f a.c 5", "f b.c 9", NULL), "1");
	assert_pairs(list("f a.c 1", "f b.c 1", "f c.c 1", NULL), list("f d.c 1", "f b.c 7", "f c.c 1", NULL), "012");
}

static void many_of_one_fingerprint_are_quick(void **state)
{
	enum { MANY = 50000 };
	json_t *old = json_array(), *new = json_array();
	struct pairs pairs;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		json_array_append_new(old, json_pack("{s:s, s:s, s:i}", "fingerprint", "f", "file", "a.c", "line", i));
		json_array_append_new(new, json_pack("{s:s, s:s, s:i}", "fingerprint", "f", "file", "b.c", "line", i + 1));
	}
	pairs = findings_pair(old, new);
	assert_int_equal(pairs.both, MANY);
	pairs_free(&pairs);
	json_decref(old);
	json_decref(new);
}

static void what_was_not_looked_for_is_not_gone(void **state)
{
	struct scope scope = {.engines = ENGINE_CLANG};
	json_t *baseline = list("a seen.c 1", "b empty.c 1", "c failed.c 1", "d other.c 1", "e head.h 1", "f seen.c 2",
				"g seen.c 3", NULL);
	struct results results;

	(void)state;
	json_object_set_new(json_array_get(baseline, 5), "rule", json_string("RacyAliveCheck"));
	json_object_set_new(json_array_get(baseline, 6), "engines", json_pack("[s]", "cocci"));
	strings_add(&scope.analysed, "seen.c");
	strings_add(&scope.analysed, "failed.c"); // compiled twice, and one failed
	strings_add(&scope.failed, "failed.c");
	strings_add(&scope.empty, "empty.c");
	strings_add(&scope.rules, "TeardownOrder");
	results_start(&results);
	baseline_apply(&results, baseline, &scope);
	assert_true(results.baselined);
	assert_int_equal(json_array_size(results.gone), 2);
	assert_string_equal(json_string_value(json_object_get(json_array_get(results.gone, 0), "fingerprint")), "a");
	assert_string_equal(json_string_value(json_object_get(json_array_get(results.gone, 1), "fingerprint")), "b");
	assert_int_equal(results.unseen, 5);
	results_free(&results);
	scope_free(&scope);
	json_decref(baseline);
}

static void known_ones_are_moved_and_suppressed_ones_are_there(void **state)
{
	struct scope scope = {.engines = ENGINE_CLANG};
	json_t *baseline = list("a x.c 1", "b x.c 2", "c x.c 3", NULL);
	struct results results;

	(void)state;
	strings_add(&scope.analysed, "x.c");
	strings_add(&scope.rules, "TeardownOrder");
	results_start(&results);
	json_decref(results.findings);
	json_decref(results.suppressed);
	results.findings = list("a x.c 1", "a x.c 9", "d x.c 4", NULL);
	results.suppressed = list("b x.c 7", NULL);
	baseline_apply(&results, baseline, &scope);
	assert_int_equal(json_array_size(results.findings), 2);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(results.findings, 0), "line")), 9);
	assert_int_equal(json_array_size(results.known), 1);
	assert_int_equal(json_array_size(results.suppressed), 1);
	assert_int_equal(json_array_size(results.gone), 1);
	assert_int_equal(results.unseen, 0);
	results_free(&results);
	scope_free(&scope);
	json_decref(baseline);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_fingerprint_decides),
		cmocka_unit_test(other_lines_and_folders_are_the_same),
		cmocka_unit_test(counts_decide),
		cmocka_unit_test(the_closest_is_the_same),
		cmocka_unit_test(many_of_one_fingerprint_are_quick),
		cmocka_unit_test(what_was_not_looked_for_is_not_gone),
		cmocka_unit_test(known_ones_are_moved_and_suppressed_ones_are_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
