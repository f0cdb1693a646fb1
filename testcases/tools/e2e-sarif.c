// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// --format sarif, end to end, and the schema's word on what comes out. No Debian package has the schema, and its terms
// do not say that a copy may be shipped: tools/setup.sh fetches it. Without it what needs it is skipped, status 77.

#include "bed.h"

#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#include "canned.h"
#include "files.h"
#include "process.h"
#include "sarif.h"

#define EXAMPLE EXAMPLES "/UnfencedFileOp/bad-cdev-add.c"
#define INCLUDE EXAMPLES "/Inputs/include"

static const char *python; // one that has jsonschema

static const char *schema(void)
{
	const char *given = getenv("STRONGFENCE_SARIF_SCHEMA");

	return given ? given : SARIF_SCHEMA;
}

static int ask_schema(const char *program, const char *log)
{
	struct strings words = {0};
	struct process process = {.words = &words, .output_file = "schema.txt"};
	int status;

	strings_add(&words, program);
	strings_add(&words, "-W");
	strings_add(&words, "ignore");
	strings_add(&words, "-m");
	strings_add(&words, "jsonschema");
	if (log) {
		strings_add(&words, "-i");
		strings_add(&words, log);
		strings_add(&words, schema());
	} else {
		strings_add(&words, "--version");
	}
	status = process_run(&process, NULL);
	strings_free(&words);
	return status;
}

static void assert_valid(const char *log)
{
	int status = ask_schema(python, log);
	char *said = get("schema.txt");

	if (status)
		print_error("%s: %.2000s\n", log, said);
	free(said);
	assert_int_equal(status, 0);
}

static const json_t *run_of(const json_t *log)
{
	return json_array_get(json_object_get(log, "runs"), 0);
}

static json_t *read_log(const char *path)
{
	json_error_t error;
	json_t *log = json_load_file(path, 0, &error);

	if (!log)
		print_error("%s: %s\n", path, error.text);
	assert_non_null(log);
	assert_int_equal(json_array_size(json_object_get(log, "runs")), 1);
	return log;
}

static void findings_go_into_one_run(void **state)
{
	json_t *log;
	const json_t *results;

	(void)state;
	put("a.c", "int a; // fake: finding UnfencedFileOp high\n");
	put("b b.c", "int b; // fake: finding RacyAliveCheck low\n");
	run("check", "a.c", "b b.c", "--format", "sarif", "-o", "out.sarif", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_string_equal(last_run()->out, "");
	log = read_log("out.sarif");
	results = json_object_get(run_of(log), "results");
	assert_int_equal(json_array_size(results), 2);
	assert_string_equal(json_string_value(json_object_get(json_array_get(results, 0), "level")), "error");
	assert_int_equal(json_array_size(json_object_get(
				 json_array_get(json_object_get(json_array_get(results, 0), "codeFlows"), 0),
				 "threadFlows")),
			 2);
	json_decref(log);
	if (python)
		assert_valid("out.sarif");
	run("check", "a.c", "--format", "sarif", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_int_equal(strncmp(last_run()->out, "{\"$schema\":\"https://", 20), 0);
}

static void a_clean_run_is_a_log_too(void **state)
{
	json_t *log;

	(void)state;
	put("a.c", "int a;\n");
	run("check", "a.c", "--format", "sarif", "-o", "out.sarif", NULL);
	assert_int_equal(last_run()->status, 0);
	log = read_log("out.sarif");
	assert_true(json_is_array(json_object_get(run_of(log), "results")));
	json_decref(log);
	if (python)
		assert_valid("out.sarif");
}

static void the_second_scan_writes_the_same(void **state)
{
	char *first, *second;

	(void)state;
	put("a.c", "int a; // fake: finding UnfencedFileOp high\n// fake: stop long_function\n");
	put("compile_commands.json", "[{\"directory\":\".\",\"file\":\"a.c\",\"command\":\"gcc -c a.c\"}]");
	run("scan", "-p", ".", "--format", "sarif", "-o", "first.sarif", NULL);
	assert_int_equal(last_run()->status, 1);
	run("scan", "-p", ".", "--format", "sarif", "-o", "second.sarif", NULL);
	first = get("first.sarif");
	second = get("second.sarif");
	assert_non_null(strstr(first, "the budget ended the exploration of long_function"));
	assert_string_equal(first, second);
	free(first);
	free(second);
	if (python)
		assert_valid("first.sarif");
}

static void a_failed_unit_is_in_the_log(void **state)
{
	json_t *log, *invocation;
	char *text;

	(void)state;
	put("bad.c", "int f( {\n");
	put("x\xff.c", "int a;\n");
	put("good.c", "int a; // fake: finding UnfencedFileOp high\n");
	run("check", "bad.c", "x\xff.c", "none.c", "good.c", "--format", "sarif", "-o", "out.sarif", NULL);
	assert_refused("3 FAILED");
	log = read_log("out.sarif");
	invocation = json_array_get(json_object_get(run_of(log), "invocations"), 0);
	assert_true(json_is_false(json_object_get(invocation, "executionSuccessful")));
	assert_int_equal(json_integer_value(json_object_get(invocation, "exitCode")), 2);
	assert_int_equal(json_array_size(json_object_get(invocation, "toolExecutionNotifications")), 3);
	assert_int_equal(json_array_size(json_object_get(run_of(log), "results")), 1);
	text = get("out.sarif");
	assert_non_null(strstr(text, "\"uri\":\"x%FF.c\""));
	assert_non_null(strstr(text, "none.c: no such file"));
	free(text);
	json_decref(log);
	if (python)
		assert_valid("out.sarif");
}

static void fences_are_no_findings(void **state)
{
	(void)state;
	put("a.c", "int a;\n");
	run("fences", "a.c", "--format", "sarif", NULL);
	assert_refused("fences: --format is text or json here");
}

static void a_full_disk_is_an_error(void **state)
{
	(void)state;
	put("a.c", "int a; // fake: finding UnfencedFileOp high\n");
	run("check", "a.c", "--format", "sarif", "-o", "/dev/full", NULL);
	assert_refused("strongfence: /dev/full: No space left on device; the results were not written");
}

static void real_findings_are_valid(void **state)
{
	json_t *log;

	(void)state;
	if (!have_real_unit()) {
		print_message("SKIPPED: the unit program is not built\n");
		skip();
	}
	use_real_unit();
	run("check", EXAMPLE, "--format", "sarif", "-o", "out.sarif", "--", "-nostdinc", "-I", INCLUDE, NULL);
	assert_int_equal(last_run()->status, 1);
	log = read_log("out.sarif");
	assert_true(json_array_size(json_object_get(run_of(log), "results")) > 0);
	json_decref(log);
	if (python)
		assert_valid("out.sarif");
}

static void whatever_a_run_can_say_is_valid(void **state)
{
	struct analysis analysis = canned_everything("/src");
	FILE *to = fopen("out.sarif", "w");

	(void)state;
	sarif_write(to, &analysis);
	assert_int_equal(fclose(to), 0);
	analysis_free(&analysis);
	assert_valid("out.sarif");
}

static void the_schema_refuses_what_is_wrong(void **state)
{
	static const char *const wrong[] = {
		"{\"version\":\"2.0.0\",\"runs\":[]}",
		"{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{}}}]}",
		"{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"a\"}},\"results\":[{\"message\":"
		"{\"text\":\"a\"},\"level\":\"high\"}]}]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		put("wrong.sarif", wrong[i]);
		assert_int_equal(ask_schema(python, "wrong.sarif"), 1);
	}
}

static const char *find_python(void)
{
	static const char *const programs[] = {"python3", "/usr/bin/python3"};

	if (!file_exists(schema())) {
		printf("SKIPPED: no SARIF schema (%s); tools/check fetches it\n", schema());
		return NULL;
	}
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++)
		if (!ask_schema(programs[i], NULL))
			return programs[i];
	printf("SKIPPED: no python3 with jsonschema; install python3-jsonschema\n");
	return NULL;
}

static int at_home(void **state)
{
	return bed_setup(state);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, at_home, bed_teardown)
	const struct CMUnitTest tests[] = {
		TEST(findings_go_into_one_run),
		TEST(a_clean_run_is_a_log_too),
		TEST(the_second_scan_writes_the_same),
		TEST(a_failed_unit_is_in_the_log),
		TEST(fences_are_no_findings),
		TEST(a_full_disk_is_an_error),
		TEST(real_findings_are_valid),
	};
	const struct CMUnitTest with_schema[] = {
		TEST(whatever_a_run_can_say_is_valid),
		TEST(the_schema_refuses_what_is_wrong),
	};
	char name[] = "/tmp/strongfence-test-XXXXXX";
	int failed;

	if (!mkdtemp(name) || chdir(name) < 0)
		return 1;
	python = find_python();
	if (chdir("/") < 0)
		return 1;
	remove_tree(name);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	if (failed)
		return failed;
	return python ? cmocka_run_group_tests(with_schema, NULL, NULL) : 77;
}
