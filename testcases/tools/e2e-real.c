// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The command with the real unit program: what the other end-to-end tests have a stand-in say.

#include "bed.h"

#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "files.h"

#define EXAMPLE EXAMPLES "/UnfencedFileOp/bad-cdev-add.c"
#define INCLUDE EXAMPLES "/Inputs/include"

static int real_setup(void **state)
{
	int result = bed_setup(state);

	use_real_unit();
	return result;
}

static void example_is_found(void **state)
{
	(void)state;
	run("check", EXAMPLE, "--", "-nostdinc", "-I", INCLUDE, NULL);
	assert_int_equal(last_run()->status, 1);
	assert_non_null(strstr(last_run()->out, "bad-cdev-add.c:"));
	assert_non_null(strstr(last_run()->out, " warning: "));
	assert_non_null(strstr(last_run()->out, "[teardown.UnfencedFileOp]"));
	assert_said("strongfence: 1 unit analysed, ");
}

// The example with a comment above the line of its finding.
static void a_comment_suppresses_it(void **state)
{
	char *source = get(EXAMPLE), *at = source, *text;
	int line;

	(void)state;
	put("a.c", source);
	run("check", "a.c", "--", "-nostdinc", "-I", INCLUDE, NULL);
	assert_int_equal(sscanf(last_run()->out, "a.c:%d:", &line), 1);
	while (--line)
		at = strchr(at, '\n') + 1;
	text = format("%.*s/* strongfence: ok UnfencedFileOp - an example */\n%s", (int)(at - source), source, at);
	put("a.c", text);
	run("check", "a.c", "--", "-nostdinc", "-I", INCLUDE, NULL);
	assert_int_equal(last_run()->status, 0);
	assert_string_equal(last_run()->out, "");
	assert_said("0 findings, 1 suppressed, ");
	free(text);
	free(source);
}

static void empty_file_is_clean(void **state)
{
	(void)state;
	put("a.c", "int a;\n");
	run("check", "a.c", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("0 findings");
}

static void syntax_error_is_named(void **state)
{
	(void)state;
	put("bad.c", "int f( {\n");
	run("check", "bad.c", EXAMPLE, "--", "-nostdinc", "-I", INCLUDE, NULL);
	assert_refused("strongfence: bad.c: parse-error: ");
	assert_said("1 unit analysed, 1 FAILED");
	assert_non_null(strstr(last_run()->out, " warning: "));
	put("bad.c", "#include \"missing.h\"\n");
	run("check", "bad.c", NULL);
	assert_refused("'missing.h' file not found");
}

static void strange_file_names(void **state)
{
	static const char *const names[] = {"a b.c", "it's \"q\".c", "$HOME $x.c", "new\nline.c",
					    "back\\slash.c", "-dash.c", "@at.c", "sp:ace=#.c"};
	char *source = get(EXAMPLE);

	(void)state;
	assert_non_null(source);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *path = format("./%s", names[i]);

		put(path, source);
		run("check", path, "--", "-nostdinc", "-I", INCLUDE, NULL);
		if (last_run()->status != 1)
			print_error("%s: %s\n", names[i], last_run()->err);
		assert_int_equal(last_run()->status, 1);
		free(path);
	}
	free(source);
}

static void malformed_kernel_model(void **state)
{
	(void)state;
	put("a.c", "int a;\n");
	put("my.yaml", "nonsense: [\n");
	run("check", "--kernel-model", "my.yaml", "a.c", NULL);
	assert_refused("strongfence: my.yaml:");
	assert_said("the kernel model was not accepted");
}

static void misspelt_flag(void **state)
{
	(void)state;
	put("a.c", "int a;\n");
	run("check", "a.c", "--", "-fno-such-flag", NULL);
	assert_refused("strongfence: a.c: parse-error: ");
}

static void unit_program_of_another_llvm(void **state)
{
	(void)state;
	put("a.c", "int a;\n");
	setenv("STRONGFENCE_UNIT", REAL_UNIT, 1);
	run("check", "--llvm", "22", "a.c", NULL);
	assert_refused("was built with LLVM 19, not LLVM 22");
}

static void second_scan_does_nothing_again(void **state)
{
	struct stat before, after;
	char *record;

	(void)state;
	put("inc/h.h", "int h;\n");
	put("a.c", "#include \"h.h\"\nstruct pci_driver;\n");
	put("compile_commands.json",
	    "[{\"directory\":\".\",\"file\":\"a.c\",\"command\":\"gcc -Iinc -c a.c\"}]");
	run("scan", "-p", ".", NULL);
	assert_int_equal(last_run()->status, 0);
	record = get(".strongfence/.ninja_log");
	assert_non_null(record);
	free(record);
	assert_int_equal(stat(".strongfence/.ninja_log", &before), 0);
	run("scan", "-p", ".", NULL);
	assert_int_equal(stat(".strongfence/.ninja_log", &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	// The depfile names the header wherever ninja runs.
	usleep(50000);
	put("inc/h.h", "int h, i;\n");
	run("scan", "-p", ".", NULL);
	assert_int_equal(stat(".strongfence/.ninja_log", &after), 0);
	assert_true(after.st_size > before.st_size);
}

static void a_unit_without_a_word_of_the_model_is_set_aside(void **state)
{
	(void)state;
	put("a.c", "int sum(int a, int b) { return a + b; }\n");
	put("my.yaml", "drivers:\n- {struct: sum, remove: [gone]}\n");
	put("compile_commands.json",
	    "[{\"directory\":\".\",\"file\":\"a.c\",\"command\":\"gcc -c a.c\"}]");
	run("scan", "-p", ".", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("strongfence: 1 unit has nothing to look for and is not analysed");
	assert_said("strongfence: 0 units analysed, 0 findings");
	run("scan", "-p", ".", "--all", NULL);
	assert_said("strongfence: 1 unit analysed, 0 findings");
	run("scan", "-p", ".", "--kernel-model", "my.yaml", NULL);
	assert_said("strongfence: 1 unit analysed, 0 findings");
}

static void the_example_has_words_doors_and_a_teardown(void **state)
{
	char *source = get(EXAMPLE);
	char *command = format("[{\"directory\":\".\",\"file\":\"a.c\",\"command\":\"gcc -nostdinc -I%s -c a.c\"}]",
			       INCLUDE);

	(void)state;
	put("a.c", source);
	put("compile_commands.json", command);
	run("scan", "-p", ".", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("strongfence: 1 unit analysed, ");
	assert_null(strstr(last_run()->err, "nothing to look for"));
	assert_null(strstr(last_run()->err, " 0 doors"));
	assert_null(strstr(last_run()->err, " 0 teardown roots"));
	free(command);
	free(source);
}

// a.c is the example, b.c is of its module.
static void module_of_two(void)
{
	char *source = get(EXAMPLE);
	char *flags = format("-nostdinc -I%s -DMODULE -DKBUILD_MODNAME=\\\"m\\\"", INCLUDE);
	char *commands = format("[{\"directory\":\".\",\"file\":\"a.c\",\"command\":\"gcc %s -c a.c\"},"
				"{\"directory\":\".\",\"file\":\"b.c\",\"command\":\"gcc %s -c b.c\"}]",
				flags, flags);

	put("a.c", source);
	put("b.c", "int helper(void);\nint helper(void)\n{\n\treturn 0;\n}\n");
	put("compile_commands.json", commands);
	free(commands);
	free(flags);
	free(source);
}

static void facts_are_linked_and_only_what_changed_is_done_again(void **state)
{
	struct timespec moment = {.tv_nsec = 50000000};

	(void)state;
	module_of_two();
	run("scan", "-p", ".", "--all", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("strongfence: 2 units analysed, ");
	assert_true(file_exists(".strongfence/facts.json"));
	run("scan", "-p", ".", "--all", NULL);
	assert_said("strongfence: facts of 0 units read again, 0 units checked again, 2 as before\n");
	nanosleep(&moment, NULL);
	put("b.c", "int helper(void);\nint helper(void)\n{\n\treturn 1;\n}\n");
	run("scan", "-p", ".", "--all", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("strongfence: facts of 1 unit read again, ");
	run("check", "a.c", "-p", ".", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("strongfence: using the facts of the scan of 20");
	assert_said(" (2 units)\n");
}

static void facts_that_are_not_whole_are_read_again(void **state)
{
	char *list, *path;

	(void)state;
	module_of_two();
	run("scan", "-p", ".", "--all", NULL);
	list = get(".strongfence/link.list");
	path = format(".strongfence/%.*s", (int)strcspn(strchr(list, '\n') + 1, "\t"), strchr(list, '\n') + 1);
	assert_true(file_exists(path));
	put(path, "{\"strongfence\":\"facts\",\"version\":1,\"file\":\"b.c\",\"mod");
	run("scan", "-p", ".", "--all", NULL);
	assert_said("strongfence: facts of 1 unit read again, ");
	assert_null(strstr(last_run()->err, "NOT FULLY ANALYSED"));
	free(path);
	free(list);
}

static void whose_facts_are_missing_is_named(void **state)
{
	(void)state;
	module_of_two();
	put("b.c", "#include \"missing.h\"\n");
	run("scan", "-p", ".", "--all", "-v", NULL);
	assert_refused("strongfence: b.c: parse-error: ");
	assert_said("strongfence: 1 unit checked without the facts of all files of its module: ");
	assert_said(" NOT FULLY ANALYSED\n");
	assert_said("strongfence: a.c: checked without the facts of b.c: parse-error: ");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, real_setup, bed_teardown)
	const struct CMUnitTest tests[] = {
		TEST(example_is_found),
		TEST(a_comment_suppresses_it),
		TEST(empty_file_is_clean),
		TEST(syntax_error_is_named),
		TEST(strange_file_names),
		TEST(malformed_kernel_model),
		TEST(misspelt_flag),
		TEST(unit_program_of_another_llvm),
		TEST(second_scan_does_nothing_again),
		TEST(a_unit_without_a_word_of_the_model_is_set_aside),
		TEST(the_example_has_words_doors_and_a_teardown),
		TEST(facts_are_linked_and_only_what_changed_is_done_again),
		TEST(facts_that_are_not_whole_are_read_again),
		TEST(whose_facts_are_missing_is_named),
	};

	if (!have_real_unit()) {
		printf("SKIPPED: %s is not built\n", REAL_UNIT);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
