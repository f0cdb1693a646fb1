// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One fence that several units see.

#include "test.h"

#include "results.h"

#define PLACE(file, line) "{\"file\":\"" file "\",\"line\":" line "}"
#define FENCE(struct_, places, file, line, doors)                                                  \
	"{\"type\":\"fence\",\"struct\":\"" struct_                                                         \
	"\",\"lock\":\"sem\",\"mode\":\"shared\",\"predicate\":\"ops\",\"predicate_struct\":\"chip\",\"bit\":\"\"," \
	"\"teardown\":\"unregister\",\"root\":\"unregister\"," places "\"file\":\"" file "\",\"line\":" line        \
	",\"shape\":\"S1\",\"doors\":[" doors "]}\n"
#define KILL(file, line) "\"kill\":" PLACE(file, line) ",\"barrier\":" PLACE(file, line) ","

static void add(struct results *results, const char *lines, const char *file)
{
	char *text = format("%s{\"type\":\"unit\",\"file\":\"%s\",\"status\":\"ok\"}\n", lines, file);
	bool retry;

	assert_null(results_add_record(results, text, "/k", "/k", &retry));
	free(text);
}

static const json_t *fence(const struct results *results, size_t at)
{
	return json_array_get(results->fences, at);
}

static void assert_list(const json_t *array, const char *expected)
{
	char *text = json_dumps(array, JSON_COMPACT);

	assert_string_equal(text, expected);
	free(text);
}

static void one_fence_has_the_doors_of_all_units(void **state)
{
	struct results results;
	const json_t *one;

	(void)state;
	results_start(&results);
	add(&results, FENCE("chip", KILL("chip.c", "7") "\"acquire\":" PLACE("b.c", "3") ",", "b.c", "4", "\"write\",\"read\""),
	    "b.c");
	add(&results, FENCE("chip", KILL("chip.c", "7") "\"acquire\":" PLACE("a.c", "8") ",", "a.c", "9", "\"read\",\"poll\""),
	    "a.c");
	add(&results, FENCE("chip", KILL("chip.c", "7") "\"acquire\":" PLACE("a.c", "8") ",", "a.c", "9", "\"ioctl\""),
	    "c.c");
	results_settle(&results, SEVERITY_LOW);
	assert_int_equal(json_array_size(results.fences), 1);
	one = fence(&results, 0);
	assert_string_equal(json_string_value(json_object_get(one, "file")), "a.c");
	assert_list(json_object_get(one, "doors"), "[\"read\",\"poll\",\"ioctl\",\"write\"]");
	assert_list(json_object_get(one, "units"), "[\"a.c\",\"c.c\",\"b.c\"]");
	assert_list(json_object_get(one, "acquire"), "{\"file\":\"a.c\",\"line\":8}");
	assert_list(json_object_get(one, "also"), "[{\"file\":\"b.c\",\"line\":3}]");
	results_free(&results);
}

static void a_unit_that_does_not_see_teardown_joins_those_that_do(void **state)
{
	struct results results;

	(void)state;
	results_start(&results);
	add(&results, FENCE("chip", "", "a.c", "9", "\"read\""), "a.c");
	add(&results, FENCE("chip", KILL("chip.c", "7"), "", "0", ""), "chip.c");
	results_settle(&results, SEVERITY_LOW);
	assert_int_equal(json_array_size(results.fences), 1);
	assert_string_equal(json_string_value(json_object_get(fence(&results, 0), "file")), "a.c");
	assert_list(json_object_get(fence(&results, 0), "kill"), "{\"file\":\"chip.c\",\"line\":7}");
	results_free(&results);
}

static void drivers_with_the_same_names_stay_apart(void **state)
{
	struct results results;

	(void)state;
	results_start(&results);
	add(&results, FENCE("priv", KILL("a.c", "7"), "a.c", "1", "\"read\""), "a.c");
	add(&results, FENCE("priv", KILL("b.c", "7"), "b.c", "1", "\"read\""), "b.c");
	add(&results, FENCE("", "", "c.c", "1", "\"read\""), "c.c");
	add(&results, FENCE("", "", "d.c", "1", "\"read\""), "d.c");
	results_settle(&results, SEVERITY_LOW);
	assert_int_equal(json_array_size(results.fences), 4);
	assert_list(json_object_get(fence(&results, 1), "units"), "[\"b.c\"]");
	results_free(&results);
}

#define BY(root, mode, file, doors)                                                                \
	"{\"type\":\"fence\",\"struct\":\"chip\",\"lock\":\"sem\",\"mode\":\"" mode                               \
	"\",\"predicate\":\"ops\",\"predicate_struct\":\"chip\",\"bit\":\"\",\"teardown\":\"del\",\"root\":\"" root   \
	"\"," KILL("chip.c", "7") "\"file\":\"" file "\",\"line\":1,\"shape\":\"S1\",\"doors\":[" doors "]}\n"

static void what_the_unit_says_that_ends_the_fence_counts(void **state)
{
	struct results results;
	const json_t *one;

	(void)state;
	results_start(&results);
	add(&results, BY("a_remove", "exclusive", "a.c", "\"read\""), "a.c");
	add(&results, BY("b_remove", "exclusive", "a.c", "\"read\""), "b.c");
	add(&results, BY("chip_unregister", "shared", "chip.c", "\"write\""), "chip.c");
	results_settle(&results, SEVERITY_LOW);
	assert_int_equal(json_array_size(results.fences), 1);
	one = fence(&results, 0);
	assert_string_equal(json_string_value(json_object_get(one, "root")), "chip_unregister");
	assert_string_equal(json_string_value(json_object_get(one, "mode")), "shared");
	assert_list(json_object_get(one, "roots"), "[\"chip_unregister\",\"a_remove\",\"b_remove\"]");
	assert_list(json_object_get(one, "doors"), "[\"write\",\"read\"]");
	results_free(&results);
}

#define ROW(function, command, line, state)                                                        \
	"{\"type\":\"coverage\",\"file\":\"a.c\",\"table\":\"fops\",\"slot\":\"ioctl\",\"function\":\"" function      \
	"\",\"command\":\"" command "\",\"line\":" line ",\"state\":\"" state "\"}\n"

static const char *row(const struct results *results, size_t at, const char *key)
{
	return json_string_value(json_object_get(json_array_get(results->coverage, at), key));
}

static void the_unit_that_defines_a_door_sees_it_best(void **state)
{
	struct results results;

	(void)state;
	results_start(&results);
	add(&results, ROW("f", "", "1", "not fenced") ROW("f", "GET", "2", "not fenced"), "other.c");
	add(&results, ROW("f", "GET", "2", "fenced") ROW("f", "GET", "9", "own memory only"), "a.c");
	add(&results, ROW("f", "", "1", "not analysed"), "third.c");
	results_settle(&results, SEVERITY_LOW);
	assert_int_equal(json_array_size(results.coverage), 2);
	assert_string_equal(row(&results, 0, "state"), "fenced");
	assert_string_equal(row(&results, 1, "state"), "own memory only");
	assert_null(row(&results, 0, "unit"));
	results_free(&results);
}

static void of_other_units_the_one_that_says_most_counts(void **state)
{
	struct results results;

	(void)state;
	results_start(&results);
	add(&results, ROW("f", "", "1", "not analysed") ROW("g", "", "5", "fenced"), "one.c");
	add(&results, ROW("f", "", "1", "own memory only") ROW("g", "", "5", "not fenced"), "two.c");
	add(&results, ROW("f", "", "1", "fenced") ROW("g", "", "5", "not analysed"), "three.c");
	results_settle(&results, SEVERITY_LOW);
	assert_int_equal(json_array_size(results.coverage), 2);
	assert_string_equal(row(&results, 0, "state"), "fenced");
	assert_string_equal(row(&results, 1, "state"), "not fenced");
	results_free(&results);
}

static void the_merged_facts_add_what_no_unit_says(void **state)
{
	json_t *merged = json_loads("{\"fences\":[{\"type\":\"fence\",\"struct\":\"s\",\"lock\":\"l\",\"file\":\"/k/a.c\","
				    "\"line\":1,\"kill\":{\"file\":\"/k/b.c\",\"line\":2}}],"
				    "\"slots\":[{\"type\":\"slot\",\"struct\":\"ops\",\"file\":\"/k/a.c\"}]}", 0, NULL);
	struct results results;

	(void)state;
	results_start(&results);
	results_add_merged(&results, merged, "/k");
	results_settle(&results, SEVERITY_LOW);
	assert_string_equal(json_string_value(json_object_get(fence(&results, 0), "file")), "a.c");
	assert_list(json_object_get(fence(&results, 0), "kill"), "{\"file\":\"b.c\",\"line\":2}");
	assert_list(json_array_get(results.slots, 0), "{\"struct\":\"ops\",\"file\":\"a.c\"}");
	json_decref(merged);
	results_free(&results);
}

static void the_order_of_units_does_not_matter(void **state)
{
	static const char *const lines[] = {
		FENCE("chip", KILL("chip.c", "7") "\"acquire\":" PLACE("b.c", "3") ",", "b.c", "4", "\"write\""),
		FENCE("chip", KILL("chip.c", "7") "\"acquire\":" PLACE("a.c", "8") ",", "a.c", "9", "\"read\""),
		FENCE("chip", KILL("chip.c", "7"), "", "0", "\"poll\""),
	};
	char *first = NULL;

	(void)state;
	for (size_t turn = 0; turn < 3; turn++) {
		struct results results;
		char *text;

		results_start(&results);
		for (size_t i = 0; i < 3; i++) {
			char name[] = {(char)('a' + (i + turn) % 3), '.', 'c', '\0'};

			add(&results, lines[(i + turn) % 3], name);
		}
		results_settle(&results, SEVERITY_LOW);
		text = json_dumps(results.fences, JSON_COMPACT);
		if (first)
			assert_string_equal(text, first);
		else
			first = copy(text);
		free(text);
		results_free(&results);
	}
	free(first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_fence_has_the_doors_of_all_units),
		cmocka_unit_test(a_unit_that_does_not_see_teardown_joins_those_that_do),
		cmocka_unit_test(drivers_with_the_same_names_stay_apart),
		cmocka_unit_test(what_the_unit_says_that_ends_the_fence_counts),
		cmocka_unit_test(the_unit_that_defines_a_door_sees_it_best),
		cmocka_unit_test(of_other_units_the_one_that_says_most_counts),
		cmocka_unit_test(the_merged_facts_add_what_no_unit_says),
		cmocka_unit_test(the_order_of_units_does_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
