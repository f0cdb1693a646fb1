// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What two engines say of one defect.

#include "test.h"

#include "engines.h"
#include "results.h"

#define FOUND(rule, file, line, function, door, struct_, message, more)                           \
	"{\"type\":\"finding\",\"rule\":\"" rule "\",\"file\":\"" file "\",\"line\":" line ",\"column\":1,\"function\":\"" \
	function "\",\"door\":\"" door "\",\"struct\":\"" struct_ "\",\"severity\":\"high\",\"message\":\"" message         \
	"\",\"fingerprint\":\"" message line "\"" more "}\n"
#define CLANG(line, function, door, struct_) FOUND("R", "a.c", line, function, door, struct_, "checker", "")
#define COCCI(line, function, door, struct_)                                                       \
	FOUND("R", "a.c", line, function, door, struct_, "patch", ",\"engines\":[\"cocci\"]")
#define END "{\"type\":\"unit\",\"file\":\"a.c\",\"status\":\"ok\"}\n"

static struct results settled(const char *clang, const char *cocci)
{
	struct results results;
	bool retry;

	results_start(&results);
	assert_null(results_add_record(&results, cocci, "/k", "/k", &retry));
	assert_null(results_add_record(&results, clang, "/k", "/k", &retry));
	results_settle(&results, SEVERITY_LOW);
	return results;
}

static void assert_finding(const struct results *results, size_t at, int line, const char *message, bool clang,
			   bool cocci)
{
	const json_t *finding = json_array_get(results->findings, at);

	assert_non_null(finding);
	assert_int_equal(json_integer_value(json_object_get(finding, "line")), line);
	assert_string_equal(json_string_value(json_object_get(finding, "message")), message);
	assert_int_equal(engine_clang(finding), clang);
	assert_int_equal(engine_cocci(finding), cocci);
}

static void one_defect_is_one_finding_with_the_checkers_text(void **state)
{
	struct results results = settled(CLANG("9", "f", "read", "s") END,
					 COCCI("4", "g", "read", "s") COCCI("5", "f", "read", "s") END);

	(void)state;
	assert_int_equal(json_array_size(results.findings), 1);
	assert_finding(&results, 0, 9, "checker", true, true);
	assert_null(json_object_get(json_array_get(results.findings, 0), "also"));
	results_free(&results);
}

static void places_of_patches_alone_are_one(void **state)
{
	struct results results = settled(END, COCCI("7", "g", "read", "s") COCCI("4", "g", "read", "s")
						      COCCI("7", "g", "read", "s") COCCI("5", "g", "read", "t") END);
	char *also;

	(void)state;
	assert_int_equal(json_array_size(results.findings), 2);
	assert_finding(&results, 0, 4, "patch", false, true);
	assert_finding(&results, 1, 5, "patch", false, true);
	also = json_dumps(json_object_get(json_array_get(results.findings, 0), "also"), JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(also, "[{\"column\":1,\"file\":\"a.c\",\"line\":7}]");
	free(also);
	results_free(&results);
}

static void what_differs_stays_apart(void **state)
{
	struct results results = settled(
		CLANG("1", "f", "read", "s") END,
		COCCI("1", "f", "write", "s") COCCI("2", "f", "read", "t") FOUND("Q", "a.c", "1", "f", "read", "s", "patch",
										 ",\"engines\":[\"cocci\"]")
			FOUND("R", "b.c", "1", "f", "read", "s", "patch", ",\"engines\":[\"cocci\"]") END);
	size_t i;

	(void)state;
	assert_int_equal(json_array_size(results.findings), 5);
	for (i = 0; i < 5; i++)
		assert_int_equal(json_array_size(json_object_get(json_array_get(results.findings, i), "engines")), 1);
	results_free(&results);
}

static void what_one_engine_does_not_know_needs_the_function(void **state)
{
	struct results results = settled(CLANG("1", "f", "read", "s") CLANG("2", "g", "read", "s") END,
					 COCCI("3", "f", "", "") END);

	(void)state;
	assert_int_equal(json_array_size(results.findings), 2);
	assert_finding(&results, 0, 1, "checker", true, true);
	assert_finding(&results, 1, 2, "checker", true, false);
	results_free(&results);
	// Same door, other function, no struct: not known to be the same.
	results = settled(CLANG("1", "f", "read", "s") END, COCCI("3", "g", "read", "") END);
	assert_int_equal(json_array_size(results.findings), 2);
	results_free(&results);
	// Without a door the function stands for it.
	results = settled(CLANG("1", "f", "", "s") END, COCCI("3", "g", "", "s") COCCI("4", "f", "", "s") END);
	assert_int_equal(json_array_size(results.findings), 2);
	assert_finding(&results, 0, 1, "checker", true, true);
	assert_finding(&results, 1, 3, "patch", false, true);
	results_free(&results);
}

static void the_same_words_at_the_same_place_are_still_two_engines(void **state)
{
	struct results results =
		settled(CLANG("1", "f", "read", "s") END,
			FOUND("R", "a.c", "1", "f", "read", "s", "checker", ",\"engines\":[\"cocci\"]") END);

	(void)state;
	assert_int_equal(json_array_size(results.findings), 1);
	assert_finding(&results, 0, 1, "checker", true, true);
	results_free(&results);
}

static void what_spatch_left_out_is_kept(void **state)
{
	static const char unit[] = "{\"type\":\"unit\",\"file\":\"/k/a.c\",\"status\":\"ok\",\"lines\":9,\"unread\":4,"
				   "\"first_unread\":3}\n";
	struct results results = settled(END, unit);
	char *text = json_dumps(results.unread, JSON_COMPACT | JSON_SORT_KEYS);

	(void)state;
	assert_string_equal(text, "[{\"file\":\"a.c\",\"first_unread\":3,\"lines\":9,\"unread\":4}]");
	free(text);
	results_free(&results);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_defect_is_one_finding_with_the_checkers_text),
		cmocka_unit_test(places_of_patches_alone_are_one),
		cmocka_unit_test(what_differs_stays_apart),
		cmocka_unit_test(what_one_engine_does_not_know_needs_the_function),
		cmocka_unit_test(the_same_words_at_the_same_place_are_still_two_engines),
		cmocka_unit_test(what_spatch_left_out_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
