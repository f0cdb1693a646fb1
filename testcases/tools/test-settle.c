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
		cmocka_unit_test(the_order_of_units_does_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
