// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test.h"

#include "files.h"
#include "units.h"

static struct compile command(const char *file, const char *flag)
{
	struct compile one = {.directory = copy("/k"), .file = copy(file)};

	strings_add(&one.arguments, "clang");
	strings_add(&one.arguments, flag);
	strings_add(&one.arguments, file);
	return one;
}

static void ids_depend_on_the_source_alone(void **state)
{
	char a[24], b[24], c[24], d[24];

	(void)state;
	unit_id("/k", "a.c", 0, a);
	unit_id("/k", "a.c", 0, b);
	unit_id("/k", "a.c", 1, c);
	unit_id("/ka", ".c", 0, d);
	assert_string_equal(a, b);
	assert_string_not_equal(a, c);
	assert_string_not_equal(a, d);
	assert_int_equal(strlen(a), 16);
	assert_int_equal(strspn(a, "0123456789abcdef"), 16);
}

static void compiled_twice_is_two_units_unless_equal(void **state)
{
	struct compiles list = {0};
	struct units units;

	(void)state;
	compiles_take(&list, command("b.c", "-DX"));
	compiles_take(&list, command("a.c", "-DX"));
	compiles_take(&list, command("a.c", "-DY"));
	compiles_take(&list, command("b.c", "-DX"));
	units = units_name(&list, "/k", 19);
	assert_int_equal(units.count, 3);
	assert_string_equal(units.at[0].name, "a.c");
	assert_string_equal(units.at[1].name, "a.c");
	assert_string_equal(units.at[2].name, "b.c");
	assert_string_not_equal(units.at[0].id, units.at[1].id);
	assert_string_equal(units.at[0].compile.arguments.at[0], "clang-19");
	// /k/a.c does not exist: named as a fault, not handed on.
	assert_true(units.at[0].skipped);
	assert_non_null(units.at[0].fault);
	units_free(&units);
}

static void paths(void **state)
{
	static const char *const plain[][3] = {
		{"/a/b", "../c", "/a/c"}, {"/a", "./b//c/.", "/a/b/c"}, {"/a", "/x/../..", "/"},
		{"/", "b", "/b"},	  {"/a", "..b", "/a/..b"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++) {
		char *made = path_plain(plain[i][0], plain[i][1]);

		assert_string_equal(made, plain[i][2]);
		free(made);
	}
	assert_string_equal(path_below("/a", "/a/b"), "b");
	assert_string_equal(path_below("/a", "/a"), "");
	assert_null(path_below("/a", "/ab"));
	assert_string_equal(path_below("/", "/ab"), "ab");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_depend_on_the_source_alone),
		cmocka_unit_test(compiled_twice_is_two_units_unless_equal),
		cmocka_unit_test(paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
