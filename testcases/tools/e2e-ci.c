// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The scripts that docs/running.md gives for continuous integration, as the page has them, on a small tree in git.

#include "bed.h"

#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#include "files.h"
#include "findings.h"
#include "process.h"

#define PAGE EXAMPLES "/../docs/running.md"

// The block of the page that has <!-- NAME --> before it.
static char *block(const char *name, const char *language)
{
	char *page = get(PAGE), *mark = format("<!-- %s -->\n```%s\n", name, language), *at = strstr(page, mark), *end;

	if (!at)
		print_error("no block %s\n", name);
	assert_non_null(at);
	at += strlen(mark);
	end = strstr(at, "```\n");
	assert_non_null(end);
	at = copy_span(at, (size_t)(end - at));
	free(mark);
	free(page);
	return at;
}

static void take_from_page(const char *name)
{
	char *text = block(name, "sh"), *path = path_join("..", name);

	put(path, text);
	free(path);
	free(text);
}

static int shell(const char *script)
{
	struct strings words = {0};
	struct process process = {.words = &words, .output_file = "../log"};
	int status;

	strings_add(&words, "bash");
	strings_add(&words, "-c");
	strings_add(&words, script);
	status = process_run(&process, NULL);
	strings_free(&words);
	return status;
}

static void assert_log(const char *part)
{
	char *log = get("../log");

	if (!strstr(log, part))
		print_error("no \"%s\" in:\n%s\n", part, log);
	assert_non_null(strstr(log, part));
	free(log);
}

static void assert_shell(int expected, const char *script)
{
	int status = shell(script);

	if (status != expected) {
		char *log = get("../log");

		print_error("%s: %d\n%s\n", script, status, log);
		free(log);
	}
	assert_int_equal(status, expected);
}

// A kernel tree in git, where we are then; `strongfence` is found by PATH.
static int in_a_tree(void **state)
{
	char *path;

	if (bed_setup(state))
		return -1;
	make_kernel("linux");
	assert_int_equal(make_directories("path"), 0);
	assert_int_equal(symlink(STRONGFENCE, "path/strongfence"), 0);
	path = working_directory();
	char *longer = format("%s/path:%s", path, getenv("PATH"));

	setenv("PATH", longer, 1);
	free(longer);
	free(path);
	assert_int_equal(chdir("linux"), 0);
	assert_shell(0,
		     "git init -q . && git config user.name A && git config user.email a@example.org && git add -A "
		     "&& git commit -qm one && git branch base");
	take_from_page("ci.sh");
	take_from_page("codequality.sh");
	take_from_page("nightly.sh");
	return 0;
}

static json_t *findings(const char *path)
{
	json_t *list = findings_read(path);

	assert_non_null(list);
	return list;
}

static void only_what_is_different(void **state)
{
	json_t *found;

	(void)state;
	assert_shell(0, "echo >>drivers/a/two.c && git commit -qam two && bash ../ci.sh HEAD drivers");
	assert_int_equal(lines_in("findings.jsonl"), 0);
	// Another folder has a finding, too.
	assert_shell(1, "echo >>drivers/a/one.c && git commit -qam three && bash ../ci.sh base drivers");
	found = findings("findings.jsonl");
	assert_int_equal(json_array_size(found), 1);
	assert_string_equal(json_string_value(json_object_get(json_array_get(found, 0), "file")), "drivers/a/one.c");
	json_decref(found);
	assert_log("drivers/a/one.c:2:2: warning: ");
	// The second form of the same run analyses nothing again.
	assert_log("1 finding");
}

static void trouble_is_not_clean(void **state)
{
	(void)state;
	assert_shell(2, "bash ../ci.sh no-such-branch drivers");
	assert_int_equal(file_exists("findings.jsonl"), 0);
	assert_shell(2, "echo 'int f( {' >>drivers/a/two.c && git commit -qam two && bash ../ci.sh base drivers");
	assert_log("strongfence: drivers/a/two.c: parse-error");
}

// What BASE's own scan found is not the change's fault.
static void what_is_known_is_not_reported(void **state)
{
	(void)state;
	assert_shell(1,
		     "strongfence prepare --kernel-src . --kernel-build ../out && strongfence scan drivers "
		     "--kernel-build ../out --format json -o ../known.jsonl");
	assert_shell(
		0,
		"echo >>drivers/a/one.c && git commit -qam two && BASELINE=../known.jsonl bash ../ci.sh base drivers");
	assert_shell(1,
		     "echo 'int n; // fake: finding TeardownHang low' >>drivers/a/one.c && git commit -qam three && "
		     "BASELINE=../known.jsonl bash ../ci.sh base drivers");
	assert_log("1 new finding");
}

static void code_scanning(void **state)
{
	json_t *report;

	(void)state;
	assert_shell(1,
		     "echo >>drivers/a/one.c && git commit -qam two && FORMAT=sarif REPORT=strongfence.sarif bash "
		     "../ci.sh base drivers");
	report = json_load_file("strongfence.sarif", 0, NULL);
	assert_int_equal(
		json_array_size(json_object_get(json_array_get(json_object_get(report, "runs"), 0), "results")), 1);
	json_decref(report);
}

static void a_quality_report(void **state)
{
	json_t *report, *one;

	(void)state;
	assert_shell(1, "echo >>drivers/a/one.c && git commit -qam two && bash ../ci.sh base drivers");
	assert_shell(0, "bash ../codequality.sh <findings.jsonl >../report.json");
	report = json_load_file("../report.json", 0, NULL);
	assert_int_equal(json_array_size(report), 1);
	one = json_array_get(report, 0);
	assert_string_equal(json_string_value(json_object_get(one, "check_name")), "UnfencedFileOp");
	assert_string_equal(json_string_value(json_object_get(one, "severity")), "critical");
	assert_string_equal(json_string_value(json_object_get(json_object_get(one, "location"), "path")),
			    "drivers/a/one.c");
	assert_int_equal(json_integer_value(
				 json_object_get(json_object_get(json_object_get(one, "location"), "lines"), "begin")),
			 2);
	assert_non_null(json_object_get(one, "description"));
	assert_string_equal(json_string_value(json_object_get(one, "fingerprint")), "UnfencedFileOp-2");
	json_decref(report);
	assert_shell(0, "bash ../codequality.sh </dev/null >../report.json");
	report = json_load_file("../report.json", 0, NULL);
	assert_true(json_is_array(report) && !json_array_size(report));
	json_decref(report);
}

static void a_mail_for_what_is_new(void **state)
{
	char *mail;

	(void)state;
	assert_int_equal(chdir(".."), 0);
	assert_int_equal(make_directories("night"), 0);
	assert_int_equal(chdir("night"), 0);
	assert_shell(0, "strongfence prepare --kernel-src ../linux --kernel-build ../out");
	assert_shell(1, "bash ../nightly.sh ../linux ../out drivers; exit $(wc -l <known.jsonl | grep -cx 2)");
	assert_false(file_exists("mails"));
	assert_shell(0, "bash ../nightly.sh ../linux ../out drivers && ! ls mails/*");
	put("../linux/drivers/a/two.c", "int two; // fake: finding UnreferencedOpen medium\n");
	assert_shell(0, "bash ../nightly.sh ../linux ../out drivers && [ \"$(ls mails)\" = UnreferencedOpen.txt ]");
	mail = get("mails/UnreferencedOpen.txt");
	assert_int_equal(strncmp(mail, "Subject: [BUG?] a: two: ", 24), 0);
	free(mail);
	// A night on which not all could be done changes nothing.
	put("../linux/drivers/a/two.c", "int f( {\n");
	assert_shell(2, "cp known.jsonl before; bash ../nightly.sh ../linux ../out drivers");
	assert_shell(0, "cmp before known.jsonl");
}

// The commands of the other two pages are those that are tested here, and what they install is what is packaged.
static void the_services_run_the_same(void **state)
{
	char *github = block("github", "yaml"), *gitlab = block("gitlab", "yaml");

	(void)state;
	assert_non_null(strstr(github, "bash ci.sh \"origin/"));
	assert_non_null(strstr(gitlab, "bash ci.sh \"origin/"));
	assert_non_null(strstr(gitlab, "bash codequality.sh <findings.jsonl >gl-code-quality-report.json || exit 2\n"));
	assert_null(strchr(github, '\t'));
	assert_null(strchr(gitlab, '\t'));
	free(github);
	free(gitlab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(only_what_is_different, in_a_tree, bed_teardown),
		cmocka_unit_test_setup_teardown(trouble_is_not_clean, in_a_tree, bed_teardown),
		cmocka_unit_test_setup_teardown(what_is_known_is_not_reported, in_a_tree, bed_teardown),
		cmocka_unit_test_setup_teardown(code_scanning, in_a_tree, bed_teardown),
		cmocka_unit_test_setup_teardown(a_quality_report, in_a_tree, bed_teardown),
		cmocka_unit_test_setup_teardown(a_mail_for_what_is_new, in_a_tree, bed_teardown),
		cmocka_unit_test_setup_teardown(the_services_run_the_same, bed_setup, bed_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
