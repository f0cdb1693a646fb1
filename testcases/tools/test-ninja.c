// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test.h"

#include "files.h"
#include "ninja.h"

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

static void the_build_file_holds_ids_and_numbers_only(void **state)
{
	struct unit unit = {.id = "0123456789abcdef", .name = (char *)"a $b\n'c'.c"};
	struct units units = {.at = &unit, .count = 1};
	struct options options = {.budget = 7, .timeout = 9};
	struct strings ids = {0};
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	(void)state;
	strings_add(&ids, unit.id);
	strings_add(&options.models, "my $model.yaml");
	strings_add(&options.rules, "A");
	strings_add(&options.rules, "B");
	options.launcher = (char *)"srun -n1";
	ninja_write(to, &ids, &units, &options);
	fclose(to);
	assert_non_null(strstr(text, "$$STRONGFENCE_LAUNCHER tool/unit --unit units/$id.cmd.json --output "
				     "units/$id.jsonl --depfile units/$id.d --kernel-model tool/model-0.yaml "
				     "--rules A,B --budget 7 --timeout 9\n"));
	assert_non_null(strstr(text, "build units/0123456789abcdef.jsonl: unit "
				     "units/0123456789abcdef.cmd.json | options.json\n"
				     "  id = 0123456789abcdef\n"));
	assert_non_null(strstr(text, "build wanted: phony units/0123456789abcdef.jsonl\n"));
	assert_null(strstr(text, "'c'"));
	assert_null(strstr(text, "my $model"));
	assert_null(strstr(text, "srun"));
	strings_free(&ids);
	strings_free(&options.models);
	strings_free(&options.rules);
	free(text);
}

static void status_lines_are_told_from_others(void **state)
{
	size_t done, total;
	const char *id;

	(void)state;
	assert_true(ninja_status("\00112/345 0123456789abcdef", &done, &total, &id));
	assert_int_equal(done, 12);
	assert_int_equal(total, 345);
	assert_string_equal(id, "0123456789abcdef");
	assert_false(ninja_status("12/345 x", &done, &total, &id));
	assert_false(ninja_status("FAILED: units/x.jsonl", &done, &total, &id));
	assert_false(ninja_status("\001", &done, &total, &id));
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
		cmocka_unit_test(the_build_file_holds_ids_and_numbers_only),
		cmocka_unit_test(status_lines_are_told_from_others),
		cmocka_unit_test(paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
