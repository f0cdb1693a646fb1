// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test.h"

#include "modules.h"

static struct unit unit(const char *file, const char *module, const char *more)
{
	struct unit made = {.compile = {.directory = copy("/k"), .file = copy(file)}};

	strings_add(&made.compile.arguments, "clang");
	if (module)
		strings_take(&made.compile.arguments, format("-DKBUILD_MODNAME=%s", module));
	if (more)
		strings_add(&made.compile.arguments, more);
	return made;
}

static void assert_module(const char *file, const char *module, const char *more, const char *expected)
{
	struct unit one = unit(file, module, more);
	char *found = module_of(&one);

	if (expected)
		assert_string_equal(found, expected);
	else
		assert_null(found);
	free(found);
	compile_free(&one.compile);
}

static void a_module_has_its_name_and_built_in_code_its_directory_too(void **state)
{
	(void)state;
	assert_module("drivers/a/one.c", "\"tpm\"", "-DMODULE", "tpm");
	assert_module("drivers/b/two.c", "tpm", "-DMODULE", "tpm");
	assert_module("drivers/a/one.c", "\"tpm\"", NULL, "/k/drivers/a/tpm");
	assert_module("drivers/a/one.c", "\"tpm\"", "-DMODULES", "/k/drivers/a/tpm");
	assert_module("drivers/a/one.c", NULL, "-DMODULE", NULL);
}

static void units_of_a_module_complete_it(void **state)
{
	struct unit all[] = {
		unit("a.c", "\"one\"", "-DMODULE"), unit("b.c", "\"one\"", "-DMODULE"),
		unit("c.c", "\"two\"", "-DMODULE"), unit("d.c", NULL, NULL),
		unit("e.c", "\"one\"", NULL),	    unit("f.c", "\"one\"", "-DMODULE"),
	};
	struct units units = {.at = all, .count = 6};

	(void)state;
	for (size_t i = 1; i < 5; i++)
		all[i].skipped = all[i].aside = true;
	all[5].skipped = true; // its source is missing
	assert_int_equal(modules_complete(&units), 1);
	assert_false(all[0].aside);
	assert_true(all[1].aside);
	assert_false(all[1].skipped);
	for (size_t i = 2; i < 6; i++)
		assert_true(all[i].skipped);
	for (size_t i = 0; i < 6; i++)
		compile_free(&all[i].compile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_module_has_its_name_and_built_in_code_its_directory_too),
		cmocka_unit_test(units_of_a_module_complete_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
