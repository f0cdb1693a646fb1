// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test.h"

#include "analyse.h"

static const char unit_ok[] = "{\"type\":\"unit\",\"file\":\"a.c\",\"status\":\"ok\",\"detail\":\"\","
			      "\"budget_stops\":[],\"not_reached\":[]}\n";

static char *finding(const char *rule, const char *severity, const char *file, int line,
		     const char *fingerprint)
{
	return format("{\"type\":\"finding\",\"rule\":\"%s\",\"severity\":\"%s\",\"file\":\"%s\",\"line\":%d,"
		      "\"fingerprint\":\"%s\",\"notes\":[{\"file\":\"./h.h\",\"line\":1}]}\n",
		      rule, severity, file, line, fingerprint);
}

static void add(struct results *results, char *line)
{
	char *text = format("%s%s", line, unit_ok);
	bool retry;

	assert_null(results_add_record(results, text, "/k/build", "/k", &retry));
	assert_false(retry);
	free(text);
	free(line);
}

static const char *member(const json_t *array, size_t i, const char *key)
{
	return json_string_value(json_object_get(json_array_get(array, i), key));
}

static void names_become_relative(void **state)
{
	struct results results;

	(void)state;
	results_start(&results);
	add(&results, finding("R", "high", "/k/drivers/a.c", 3, "f"));
	assert_string_equal(member(results.findings, 0, "file"), "drivers/a.c");
	assert_string_equal(
		member(json_object_get(json_array_get(results.findings, 0), "notes"), 0, "file"),
		"build/h.h");
	assert_null(member(results.findings, 0, "type"));
	results_free(&results);
}

static void sorted_by_file_line_rule(void **state)
{
	struct results results;

	(void)state;
	results_start(&results);
	add(&results, finding("B", "high", "b.c", 9, "1"));
	add(&results, finding("B", "high", "a.c", 10, "2"));
	add(&results, finding("A", "high", "a.c", 10, "3"));
	add(&results, finding("C", "high", "a.c", 9, "4"));
	results_settle(&results, SEVERITY_LOW);
	assert_int_equal(json_array_size(results.findings), 4);
	assert_string_equal(member(results.findings, 0, "fingerprint"), "4");
	assert_string_equal(member(results.findings, 1, "fingerprint"), "3");
	assert_string_equal(member(results.findings, 2, "fingerprint"), "2");
	assert_string_equal(member(results.findings, 3, "fingerprint"), "1");
	results_free(&results);
}

static void the_same_from_two_units_is_one(void **state)
{
	struct results results;

	(void)state;
	results_start(&results);
	add(&results, finding("A", "high", "a.c", 9, "same"));
	add(&results, finding("A", "high", "a.c", 9, "same"));
	add(&results, finding("A", "high", "a.c", 9, "other"));
	add(&results, finding("A", "high", "a.c", 10, "same"));
	results_settle(&results, SEVERITY_LOW);
	assert_int_equal(json_array_size(results.findings), 3);
	results_free(&results);
}

static void below_the_severity_is_hidden_and_counted(void **state)
{
	struct results results;

	(void)state;
	results_start(&results);
	add(&results, finding("A", "info", "a.c", 1, "1"));
	add(&results, finding("A", "low", "a.c", 2, "2"));
	add(&results, finding("A", "medium", "a.c", 3, "3"));
	add(&results, finding("A", "high", "a.c", 4, "4"));
	add(&results, finding("A", "dire", "a.c", 5, "5"));
	results_settle(&results, SEVERITY_MEDIUM);
	assert_int_equal(json_array_size(results.findings), 3);
	assert_int_equal(results.hidden, 2);
	results_free(&results);
}

static void bad_record(const char *text, const char *expected)
{
	struct results results;
	bool retry;
	char *fault;

	results_start(&results);
	fault = results_add_record(&results, text, "/k", "/k", &retry);
	assert_non_null(fault);
	assert_non_null(strstr(fault, expected));
	assert_true(retry);
	free(fault);
	results_free(&results);
}

static void records_that_are_not_whole_are_faults(void **state)
{
	(void)state;
	bad_record("", "not whole");
	bad_record("{\"type\":\"finding\",\"rule\":\"A\"}\n", "not whole");
	bad_record("{\"type\":\"unit\",\"sta", "damaged in line 1");
	bad_record("{\"status\":\"ok\"}\n", "damaged in line 1");
	bad_record("{\"type\":\"unit\"}\n", "no status");
	bad_record("{\"type\":\"deferred\",\"file\":\"a.c\"}\n", "it was not checked");
	bad_record("{\"type\":\"unit\",\"status\":\"timeout\",\"detail\":\"60 s\"}\n", "timeout: 60 s");
	bad_record("{\"type\":\"unit\",\"status\":\"ok\"}\n{\"type\":\"fence\"}\n", "damaged in line 2");
}

static void budget_stops_are_collected(void **state)
{
	struct results results;
	bool retry;

	(void)state;
	results_start(&results);
	assert_null(results_add_record(&results,
				       "{\"type\":\"unit\",\"file\":\"/k/a.c\",\"status\":\"ok\","
				       "\"budget_stops\":[\"f\",\"g\"],\"not_reached\":[\"h\"]}\n",
				       "/k", "/k", &retry));
	assert_int_equal(json_array_size(results.stops), 2);
	assert_string_equal(member(results.stops, 1, "file"), "a.c");
	assert_string_equal(member(results.stops, 1, "function"), "g");
	assert_int_equal(results.not_reached, 1);
	results_free(&results);
}

static void gaps_are_counted_by_unit_and_named(void **state)
{
	struct results results;
	const json_t *gap;
	bool retry;

	(void)state;
	results_start(&results);
	assert_null(results_add_record(&results,
				       "{\"type\":\"unit\",\"file\":\"a.c\",\"status\":\"ok\",\"doors\":3,"
				       "\"imported\":4,\"missing\":[\"b.c: parse-error: b.c:1: no\"],"
				       "\"unresolved\":[\"f\"]}\n",
				       "/k/d", "/k", &retry));
	assert_null(results_add_record(&results,
				       "{\"type\":\"unit\",\"file\":\"c.c\",\"status\":\"ok\",\"imported\":2,"
				       "\"missing\":[],\"unresolved\":[]}\n",
				       "/k/d", "/k", &retry));
	assert_false(retry);
	assert_int_equal(results.imported, 6);
	assert_int_equal(json_array_size(results.gaps), 1);
	gap = json_array_get(results.gaps, 0);
	assert_string_equal(json_string_value(json_object_get(gap, "file")), "d/a.c");
	assert_int_equal(json_integer_value(json_object_get(gap, "doors")), 3);
	assert_string_equal(json_string_value(json_array_get(json_object_get(gap, "missing"), 0)),
			    "d/b.c: parse-error: b.c:1: no");
	results_free(&results);
}

static void verdicts(void **state)
{
	(void)state;
	assert_int_equal(analysis_verdict(0, true, 0), VERDICT_CLEAN);
	assert_int_equal(analysis_verdict(0, true, 3), VERDICT_FINDINGS);
	assert_int_equal(analysis_verdict(1, true, 0), VERDICT_TROUBLE);
	assert_int_equal(analysis_verdict(1, true, 3), VERDICT_TROUBLE);
	assert_int_equal(analysis_verdict(0, false, 3), VERDICT_TROUBLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_become_relative),
		cmocka_unit_test(sorted_by_file_line_rule),
		cmocka_unit_test(the_same_from_two_units_is_one),
		cmocka_unit_test(below_the_severity_is_hidden_and_counted),
		cmocka_unit_test(records_that_are_not_whole_are_faults),
		cmocka_unit_test(budget_stops_are_collected),
		cmocka_unit_test(gaps_are_counted_by_unit_and_named),
		cmocka_unit_test(verdicts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
