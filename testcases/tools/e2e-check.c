// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strongfence check, fences, explain, doctor and the options, end to end.

#include "bed.h"

#include <jansson.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

static const char finding[] = "int a; // fake: finding UnfencedFileOp high\n";

static void clean_file_exits_0(void **state)
{
	(void)state;
	put("a.c", "int a;\n");
	run("check", "a.c", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_string_equal(last_run()->out, "");
	assert_said("strongfence: 1 unit analysed, 0 findings, 0 budget stops, ");
}

static void finding_exits_1(void **state)
{
	(void)state;
	put("a.c", finding);
	run("check", "a.c", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_non_null(strstr(last_run()->out, "a.c:1:2: warning: 'thing_read' reads 'thing->base' "
						"[teardown.UnfencedFileOp] (high)\na.c:1:1: note: "));
	assert_non_null(strstr(last_run()->out, "thing_remove()\n"));
	assert_said("1 unit analysed, 1 finding (UnfencedFileOp 1), ");
}

static void json_is_one_object_a_line(void **state)
{
	json_t *object;

	(void)state;
	put("a.c", "int a; // fake: finding UnfencedFileOp high\nint b; // fake: finding RacyAliveCheck low\n");
	run("check", "--format", "json", "a.c", NULL);
	assert_int_equal(last_run()->status, 1);
	object = json_loads(last_run()->out, JSON_DISABLE_EOF_CHECK, NULL);
	assert_string_equal(json_string_value(json_object_get(object, "file")), "a.c");
	assert_string_equal(json_string_value(json_object_get(object, "rule")), "UnfencedFileOp");
	assert_null(json_object_get(object, "type"));
	json_decref(object);
	run("check", "--format=json", "-o", "found.json", "a.c", NULL);
	assert_int_equal(lines_in("found.json"), 2);
	assert_string_equal(last_run()->out, "");
}

static void html_is_one_page(void **state)
{
	char *page;

	(void)state;
	put("a.c", "int a; // fake: finding UnfencedFileOp high\nint b; // fake: coverage\n");
	run("check", "--format", "html", "-o", "page.html", "a.c", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("1 unit analysed, 1 finding (UnfencedFileOp 1), ");
	page = get("page.html");
	assert_non_null(strstr(page, "<!DOCTYPE html>\n"));
	assert_non_null(strstr(page, "\"id\":\"UnfencedFileOp\""));
	assert_non_null(strstr(page, "int a; // fake: finding UnfencedFileOp high"));
	assert_non_null(strstr(page, "\"table\":\"fops\""));
	assert_string_equal(page + strlen(page) - 8, "</html>\n");
	free(page);
	run("fences", "--format", "html", "a.c", NULL);
	assert_refused("fences: --format is text or json here");
}

static void info_is_not_shown_unless_asked_for(void **state)
{
	(void)state;
	put("a.c", "int a; // fake: finding DevmOnClassDevice info\n");
	run("check", "a.c", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("0 findings, 1 below --min-severity");
	run("check", "--min-severity", "info", "a.c", NULL);
	assert_int_equal(last_run()->status, 1);
}

static void flags_reach_the_compiler(void **state)
{
	(void)state;
	put("inc/x.h", "int x;\n");
	put("a.c", "#include \"x.h\"\n#ifndef Y\n#error no Y\n#endif\n");
	run("check", "a.c", "--", "-Iinc", "-DY", NULL);
	assert_int_equal(last_run()->status, 0);
}

static void strange_file_names(void **state)
{
	static const char *const names[] = {"a b.c", "it's \"q\".c", "$HOME $x.c", "new\nline.c",
					    "back\\slash.c", "-dash.c", "@at.c", "sp:ace=#.c",
					    "caf\xc3\xa9.c"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *path = format("./%s", names[i]);

		put(path, finding);
		run("check", path, NULL);
		if (last_run()->status != 1)
			print_error("%s: %s\n", names[i], last_run()->err);
		assert_int_equal(last_run()->status, 1);
		free(path);
	}
}

static void a_name_that_is_not_utf8_is_a_failed_unit(void **state)
{
	(void)state;
	put("x\xff.c", finding);
	run("check", "x\xff.c", NULL);
	assert_refused("its compile command is not UTF-8");
}

static void syntax_error_is_a_failed_unit(void **state)
{
	(void)state;
	put("bad.c", "int f( {\n");
	put("good.c", finding);
	run("check", "bad.c", "good.c", NULL);
	assert_refused("strongfence: bad.c: parse-error: ");
	assert_said("1 unit analysed, 1 FAILED, 1 finding (UnfencedFileOp 1)");
	assert_non_null(strstr(last_run()->out, "good.c:1:2: warning"));
	run("check", "bad.c", NULL);
	assert_refused("0 units analysed, 1 FAILED");
}

static void missing_file_is_a_failed_unit(void **state)
{
	(void)state;
	run("check", "none.c", NULL);
	assert_refused("strongfence: none.c: no such file");
}

static void unit_that_crashes_times_out_or_dies(void **state)
{
	(void)state;
	put("a.c", "// fake: status crash\n");
	run("check", "a.c", NULL);
	assert_refused("strongfence: a.c: crash: as told");
	put("a.c", "// fake: status timeout\n");
	run("check", "a.c", NULL);
	assert_refused("strongfence: a.c: timeout: as told");
	put("a.c", "// fake: die\n");
	run("check", "a.c", NULL);
	assert_refused("strongfence: a.c: ");
	put("a.c", "// fake: damage\n");
	run("check", "a.c", NULL);
	assert_refused("strongfence: a.c: its record is damaged in line 1");
}

static void budget_stops_are_counted_and_named(void **state)
{
	(void)state;
	put("a.c", "// fake: stop long_function\n");
	run("check", "a.c", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("1 budget stop,");
	assert_null(strstr(last_run()->err, "long_function"));
	run("check", "-v", "a.c", NULL);
	assert_said("strongfence: a.c: the budget ended the exploration of long_function");
}

static void fences_and_doors_are_shown(void **state)
{
	(void)state;
	put("a.c", "int a; // fake: fence\nint b; // fake: door\nint c; // fake: coverage\n");
	run("fences", "a.c", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_int_equal(strncmp(last_run()->out, "a.c: fops (misc) of struct thing\n", 33), 0);
	assert_non_null(strstr(last_run()->out, "  A  thing.sem (shared), tests "));
	assert_non_null(strstr(last_run()->out, "  read  thing_read  fenced\n"));
	run("fences", "--format", "json", "a.c", NULL);
	assert_non_null(strstr(last_run()->out, "{\"type\":\"fence\",\"struct\":\"thing\""));
	assert_non_null(strstr(last_run()->out, "\n{\"type\":\"door\""));
	assert_non_null(strstr(last_run()->out, "\n{\"type\":\"coverage\",\"function\":\"thing_read\""));
}

static void missing_unit_program(void **state)
{
	(void)state;
	put("a.c", "int a;\n");
	setenv("STRONGFENCE_UNIT", "/nowhere/unit", 1);
	run("check", "a.c", NULL);
	assert_refused("strongfence: /nowhere/unit (from STRONGFENCE_UNIT): no such program");
}

static void unit_program_of_another_llvm(void **state)
{
	(void)state;
	put("a.c", "int a;\n");
	setenv("FAKE_LLVM", "22.1.0", 1);
	run("check", "a.c", NULL);
	assert_refused("was built with LLVM 22, not LLVM 19");
	run("check", "--llvm", "22", "a.c", NULL);
	assert_int_equal(last_run()->status, is_program("/usr/bin/clang-22") ? 0 : 2);
}

static void unit_program_that_lacks_a_rule(void **state)
{
	(void)state;
	put("a.c", "int a;\n");
	setenv("FAKE_RULES", "UnfencedFileOp", 1);
	run("check", "a.c", NULL);
	assert_refused("does not know the rule RacyAliveCheck of level ");
}

static void unit_program_that_does_not_run(void **state)
{
	(void)state;
	put("a.c", "int a;\n");
	put("unit", "#!/nowhere/interpreter\n");
	assert_int_equal(chmod("unit", 0755), 0);
	setenv("STRONGFENCE_UNIT", "./unit", 1);
	run("check", "a.c", NULL);
	assert_refused("does not run: ");
}

static void misspelt_rule_or_option(void **state)
{
	(void)state;
	put("a.c", "int a;\n");
	run("check", "--rules", "UnfencedFileOp,RacyAlive", "a.c", NULL);
	assert_refused("strongfence: --rules: unknown rule 'RacyAlive'; the rules are UnfencedFileOp, ");
	run("check", "--rules", "", "a.c", NULL);
	assert_refused("unknown rule ''");
	run("check", "--fromat", "json", "a.c", NULL);
	assert_refused("strongfence: check: unknown option '--fromat'");
	run("check", "--format", "xml", "a.c", NULL);
	assert_refused("'xml' is none of text, json");
	run("check", "--min-severity", "huge", "a.c", NULL);
	assert_refused("'huge' is not info, low, medium or high");
	run("check", "-j", "0", "a.c", NULL);
	assert_refused("-j: '0' is not a number of at least 1");
	run("check", "--budget", "9x", "a.c", NULL);
	assert_refused("--budget: '9x' is not a number");
	run("check", "--llvm", "14", "a.c", NULL);
	assert_refused("--llvm: '14' is neither 19 nor 22");
	run("check", "a.c", "--state", NULL);
	assert_refused("option '--state' needs a value");
	run("check", NULL);
	assert_refused("check: no file named");
	run("scan", NULL);
	assert_refused("nothing to work on");
	run("scam", NULL);
	assert_refused("unknown command 'scam'");
}

static void malformed_kernel_model(void **state)
{
	(void)state;
	put("a.c", "int a;\n");
	put("my model.yaml", "malformed: [\n");
	run("check", "--kernel-model", "my model.yaml", "a.c", NULL);
	assert_refused("strongfence: my model.yaml:1:1: ");
	run("check", "--kernel-model", "none.yaml", "a.c", NULL);
	assert_refused("strongfence: none.yaml: No such file or directory");
}

static void a_good_kernel_model_is_passed_on(void **state)
{
	(void)state;
	put("a.c", "int a;\n");
	put("it's $x.yaml", "good\n");
	run("check", "--kernel-model", "it's $x.yaml", "a.c", NULL);
	assert_int_equal(last_run()->status, 0);
}

static void unwritable_output(void **state)
{
	(void)state;
	put("a.c", finding);
	run("check", "-o", "none/out.txt", "a.c", NULL);
	assert_refused("strongfence: none/out.txt: No such file or directory");
	assert_int_equal(lines_in("runs"), 0); // it was said before any work
	assert_int_equal(mkdir("folder", 0777), 0);
	run("check", "-o", "folder", "a.c", NULL);
	assert_refused("strongfence: folder: a directory");
	run("check", "-o", "/dev/full", "a.c", NULL);
	assert_refused("strongfence: /dev/full: No space left on device; the results were not written");
	assert_true(file_exists("/dev/full"));
}

static void an_old_output_survives_a_failure(void **state)
{
	char *old;

	(void)state;
	put("a.c", finding);
	put("out.json", "old\n");
	setenv("STRONGFENCE_UNIT", "/nowhere/unit", 1);
	run("check", "-o", "out.json", "a.c", NULL);
	old = get("out.json");
	assert_string_equal(old, "old\n");
	free(old);
}

static void full_disk(void **state)
{
	(void)state;
	put("a.c", finding);
	assert_int_equal(mkdir("small", 0777), 0);
	if (mount("none", "small", "tmpfs", 0, "size=64k") < 0) {
		print_message("SKIPPED: full_disk needs the right to mount a tmpfs\n");
		skip();
	}
	// The depfile's folder and the records no longer fit.
	char *fill = format("%65536s", "");

	file_write("small/fill", fill, 40000);
	free(fill);
	put("small/units/x", "");
	FILE *rest = fopen("small/rest", "w");

	while (fputc('x', rest) != EOF && fflush(rest) == 0)
		;
	fclose(rest);
	run("check", "--state", "small", "a.c", NULL);
	umount2("small", MNT_DETACH);
	assert_refused("No space left on device");
}

static void explain_prints_pages(void **state)
{
	(void)state;
	run("explain", "UnfencedFileOp", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_int_equal(strncmp(last_run()->out, "# UnfencedFileOp\n\n", 18), 0);
	assert_non_null(strstr(last_run()->out, "## How to repair it"));
	run("explain", "teardown.RacyAliveCheck", NULL);
	assert_int_equal(last_run()->status, 0);
	run("explain", "Unfenced", NULL);
	assert_refused("unknown rule 'Unfenced'; the rules are UnfencedFileOp, RacyAliveCheck");
	run("explain", NULL);
	assert_refused("explain: name one rule");
}

static void help_fits_a_screen(void **state)
{
	static const char *const commands[] = {"check", "scan", "prepare", "fences", "hook", "explain", "doctor", "diff"};

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		run(commands[i], "--help", NULL);
		assert_int_equal(last_run()->status, 0);
		assert_non_null(strstr(last_run()->out, "usage: strongfence "));
		assert_true(lines_in("out.txt") <= 24);
	}
	run("--help", NULL);
	assert_int_equal(last_run()->status, 0);
	run("--version", NULL);
	assert_int_equal(strncmp(last_run()->out, "strongfence ", 12), 0);
	run(NULL);
	assert_int_equal(last_run()->status, 2);
}

static void doctor_names_what_is_missing(void **state)
{
	(void)state;
	setenv("STRONGFENCE_UNIT", "/nowhere/unit", 1);
	run("doctor", NULL);
	assert_int_equal(last_run()->status, 2);
	assert_non_null(strstr(last_run()->out, "MISSING  unit program"));
	assert_non_null(strstr(last_run()->out, "ok       ninja"));
	use_fake_unit();
	run("doctor", "--kernel-src", "/nowhere", NULL);
	assert_refused("/nowhere: no such directory");
}

static void doctor_looks_at_the_model(void **state)
{
	(void)state;
	put("more.yaml", "a: b\n");
	put("wrong.yaml", "malformed\n");
	run("doctor", NULL);
	assert_non_null(strstr(last_run()->out, "ok       kernel model             2 rows, built in\n"));
	run("doctor", "--kernel-model", "more.yaml", NULL);
	assert_non_null(strstr(last_run()->out, "ok       kernel model             2 rows, with those of 1 file\n"));
	run("doctor", "--kernel-model", "wrong.yaml", NULL);
	assert_refused("wrong.yaml:1:1: not a mapping");
	assert_non_null(strstr(last_run()->out, "ok       ninja"));
	run("doctor", "--kernel-model", "none.yaml", NULL);
	assert_refused("none.yaml: No such file or directory");
}

// What one command alone needs does not make it fail, and the packages are named.
static void doctor_knows_what_is_optional(void **state)
{
	char *path = copy(getenv("PATH"));

	(void)state;
	setenv("PATH", "/nowhere", 1);
	run("doctor", NULL);
	setenv("PATH", path, 1);
	free(path);
	assert_int_equal(last_run()->status, 2);
	assert_non_null(strstr(last_run()->out, "MISSING  clang-19                 install the package clang-19\n"));
	assert_non_null(strstr(last_run()->out, "optional kernel's build tools     install the packages flex bison bc "
						"lld-19 llvm-19; prepare needs them\n"));
	assert_non_null(strstr(last_run()->out, "optional scan-build               install the package clang-tools-19; "));
	assert_non_null(strstr(last_run()->out, "optional git                      install the package git; "));
	assert_non_null(strstr(last_run()->out, "kernel tree              none named: --kernel-src DIR"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_setup, bed_teardown)
	const struct CMUnitTest tests[] = {
		TEST(clean_file_exits_0),
		TEST(finding_exits_1),
		TEST(json_is_one_object_a_line),
		TEST(html_is_one_page),
		TEST(info_is_not_shown_unless_asked_for),
		TEST(flags_reach_the_compiler),
		TEST(strange_file_names),
		TEST(a_name_that_is_not_utf8_is_a_failed_unit),
		TEST(syntax_error_is_a_failed_unit),
		TEST(missing_file_is_a_failed_unit),
		TEST(unit_that_crashes_times_out_or_dies),
		TEST(budget_stops_are_counted_and_named),
		TEST(fences_and_doors_are_shown),
		TEST(missing_unit_program),
		TEST(unit_program_of_another_llvm),
		TEST(unit_program_that_lacks_a_rule),
		TEST(unit_program_that_does_not_run),
		TEST(misspelt_rule_or_option),
		TEST(malformed_kernel_model),
		TEST(a_good_kernel_model_is_passed_on),
		TEST(unwritable_output),
		TEST(an_old_output_survives_a_failure),
		TEST(full_disk),
		TEST(explain_prints_pages),
		TEST(help_fits_a_screen),
		TEST(doctor_names_what_is_missing),
		TEST(doctor_looks_at_the_model),
		TEST(doctor_knows_what_is_optional),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
