// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test.h"

#include "dryrun.h"

static void feed(struct dryrun *run, const char *const *lines)
{
	*run = (struct dryrun){.directory = "/build"};
	for (; *lines; lines++)
		dryrun_line(run, *lines);
	dryrun_end(run);
}

static void one_recipe_is_one_command(void **state)
{
	// As Kbuild 6.12 prints it: the echo and the traps hold the command's words too.
	static const char *const lines[] = {
		"make[1]: Entering directory '/build'",
		"set -e; echo '# CC [M]  drivers/a/x.o'; echo '  clang-19 -D__KERNEL__ -DM='\\''\"x\"'\\'' -c -o "
		"drivers/a/x.o /src/drivers/a/x.c  '; trap 'rm -f drivers/a/x.o; trap - INT' INT; clang-19 "
		"-D__KERNEL__ -DM='\"x\"' -c -o drivers/a/x.o /src/drivers/a/x.c; "
		"scripts/basic/fixdep drivers/a/.x.o.d drivers/a/x.o 'clang-19 -D__KERNEL__ -c -o "
		"drivers/a/x.o /src/drivers/a/x.c' > drivers/a/.x.o.cmd; rm -f drivers/a/.x.o.d",
		NULL};
	struct dryrun run;

	(void)state;
	feed(&run, lines);
	assert_int_equal(run.found.count, 1);
	assert_string_equal(run.found.at[0].directory, "/build");
	assert_string_equal(run.found.at[0].file, "/src/drivers/a/x.c");
	assert_string_equal(run.found.at[0].output, "drivers/a/x.o");
	assert_words(&run.found.at[0].arguments, "clang-19", "-D__KERNEL__", "-DM=\"x\"", "-c", "-o",
		     "drivers/a/x.o", "/src/drivers/a/x.c", NULL);
	compiles_free(&run.found);
}

static void other_commands_are_none(void **state)
{
	static const char *const lines[] = {
		// a program for the host, an assembler source, a preprocessor run, a link
		"clang-19 -Wall -c -o scripts/mod/modpost.o scripts/mod/modpost.c",
		"clang-19 -D__KERNEL__ -D__ASSEMBLY__ -c -o arch/x86/lib/a.o arch/x86/lib/a.S",
		"clang-19 -E -D__KERNEL__ drivers/a/x.c | scripts/genksyms/genksyms",
		"ld.lld-19 -r -D__KERNEL__ -o drivers/a/x.ko drivers/a/x.o",
		"#  clang-19 -D__KERNEL__ is only talked about here",
		NULL};
	struct dryrun run;

	(void)state;
	feed(&run, lines);
	assert_int_equal(run.found.count, 0);
	assert_int_equal(run.unreadable, 0);
}

static void continued_lines_are_joined(void **state)
{
	static const char *const lines[] = {"set -e; \\", "\tclang-19 -D__KERNEL__ \\",
					    "\t-c -o x.o x.c; \\", "\trm -f y", NULL};
	struct dryrun run;

	(void)state;
	feed(&run, lines);
	assert_int_equal(run.found.count, 1);
	assert_string_equal(run.found.at[0].file, "x.c");
	compiles_free(&run.found);
}

static void unreadable_commands_are_counted(void **state)
{
	static const char *const lines[] = {"clang-19 -D__KERNEL__ 'open -c -o x.o x.c", NULL};
	struct dryrun run;

	(void)state;
	feed(&run, lines);
	assert_int_equal(run.found.count, 0);
	assert_int_equal(run.unreadable, 1);
}

static void a_command_that_is_kept_comes_back(void **state)
{
	static const char *const words[][4] = {{"clang", "", "-DX=\"a b\"", "a.c"}, {"clang", "-DX=a\nb", "x", "a.c"}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct compile one = {.directory = (char *)"/k", .file = (char *)"a.c", .output = (char *)"a.o"}, two;
		const char *why = NULL;
		json_t *kept;

		for (size_t j = 0; j < 4; j++)
			strings_add(&one.arguments, words[i][j]);
		kept = compile_to_kept(&one);
		assert_true(compile_from_kept(kept, &two, &why));
		assert_string_equal(two.directory, "/k");
		assert_string_equal(two.file, "a.c");
		assert_string_equal(two.output, "a.o");
		assert_int_equal(two.arguments.count, 4);
		for (size_t j = 0; j < 4; j++)
			assert_string_equal(two.arguments.at[j], words[i][j]);
		json_decref(kept);
		strings_free(&one.arguments);
		compile_free(&two);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_recipe_is_one_command),
		cmocka_unit_test(other_commands_are_none),
		cmocka_unit_test(continued_lines_are_joined),
		cmocka_unit_test(unreadable_commands_are_counted),
		cmocka_unit_test(a_command_that_is_kept_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
