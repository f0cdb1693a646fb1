// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test.h"

#include "dryrun.h"
#include "kept.h"

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

static void the_asking_flag_is_no_part_of_it(void **state)
{
	static const char *const lines[] = {"clang-19 -D__KERNEL__ -DOWN " DRYRUN_FLAG " -c -o x.o x.c", NULL};
	struct dryrun run;

	(void)state;
	feed(&run, lines);
	assert_int_equal(run.found.count, 1);
	assert_words(&run.found.at[0].arguments, "clang-19", "-D__KERNEL__", "-DOWN", "-c", "-o", "x.o", "x.c", NULL);
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

static json_t *entries_of_two(void)
{
	static const char *const words[][4] = {{"clang", "", "-DX=\"a b\"", "a.c"}, {"clang", "-DX=a\nb", "", "b.c"}};
	json_t *entries = json_array();

	for (size_t i = 0; i < 2; i++) {
		struct compile one = {.directory = (char *)"/k", .file = (char *)words[i][3], .output = (char *)"a.o"};

		for (size_t j = 0; j < 4; j++)
			strings_add(&one.arguments, words[i][j]);
		json_array_append_new(entries, compile_to_json(&one));
		strings_free(&one.arguments);
	}
	return entries;
}

static void commands_that_are_kept_come_back(void **state)
{
	json_t *entries = entries_of_two(), *words = json_array(), *again = json_array();
	json_t *packed = kept_pack(entries, NULL, words);

	(void)state;
	assert_int_equal(json_array_size(packed), 2);
	assert_int_equal(json_array_size(words), 6); // of eight: clang and the empty one are in both
	// A new entry beside kept ones, kept again.
	json_array_append(packed, json_array_get(entries, 1));
	packed = kept_pack(packed, words, again);
	assert_int_equal(json_array_size(packed), 3);
	for (size_t i = 0; i < 3; i++) {
		struct compile one;
		const char *why = NULL;
		json_t *made;

		assert_true(kept_read(json_array_get(packed, i), again, &one, &why));
		made = compile_to_json(&one);
		assert_true(json_equal(made, json_array_get(entries, i < 2 ? i : 1)));
		json_decref(made);
		compile_free(&one);
	}
	json_decref(packed);
	json_decref(entries);
}

static void a_kept_entry_that_is_not_whole_is_refused(void **state)
{
	static const char *const entries[] = {
		"{\"directory\":\"/k\",\"file\":\"a.c\",\"words\":\" 0 7\"}", "{\"directory\":\"/k\",\"file\":\"a.c\",\"words\":\" x\"}",
		"{\"directory\":\"/k\",\"file\":\"a.c\",\"words\":\"\"}", "{\"directory\":\"/k\",\"words\":\" 0\"}"};
	json_t *words = json_pack("[s]", "clang");

	(void)state;
	for (size_t i = 0; i < sizeof(entries) / sizeof(*entries); i++) {
		json_t *entry = json_loads(entries[i], 0, NULL);
		struct compile one;
		const char *why = NULL;

		assert_non_null(entry);
		assert_false(kept_read(entry, words, &one, &why));
		assert_non_null(why);
		json_decref(entry);
	}
	json_decref(words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_recipe_is_one_command),
		cmocka_unit_test(the_asking_flag_is_no_part_of_it),
		cmocka_unit_test(other_commands_are_none),
		cmocka_unit_test(continued_lines_are_joined),
		cmocka_unit_test(unreadable_commands_are_counted),
		cmocka_unit_test(commands_that_are_kept_come_back),
		cmocka_unit_test(a_kept_entry_that_is_not_whole_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
