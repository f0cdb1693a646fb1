// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test.h"

#include <unistd.h>

#include "files.h"
#include "reach.h"
#include "revision.h"

static struct units units;
static char *home;

static void put(const char *path, const char *text)
{
	char *folder = path_parent(path);

	assert_int_equal(make_directories(folder), 0);
	assert_int_equal(file_write(path, text, strlen(text)), 0);
	free(folder);
}

static void add_unit(const char *file, const char *first, ...)
{
	struct unit unit = {.name = copy(file)};
	va_list args;

	unit.compile.directory = working_directory();
	unit.compile.file = copy(file);
	va_start(args, first);
	for (const char *word = first; word; word = va_arg(args, const char *))
		strings_add(&unit.compile.arguments, word);
	va_end(args);
	units.at = reallocate(units.at, units.count + 1, sizeof(*units.at));
	units.at[units.count++] = unit;
}

// Each unit a letter: x for one that is reached.
static void assert_reached(const char *file, const char *expected)
{
	struct strings files = {0};
	bool *reached;

	strings_take(&files, path_plain(NULL, file));
	reached = reach(&units, &files);
	assert_int_equal(strlen(expected), units.count);
	for (size_t i = 0; i < units.count; i++) {
		if (reached[i] != (expected[i] == 'x'))
			print_error("%s: %s\n", file, units.at[i].name);
		assert_int_equal(reached[i], expected[i] == 'x');
	}
	strings_free(&files);
	free(reached);
}

static int tree_setup(void **state)
{
	char name[] = "/tmp/strongfence-test-XXXXXX";

	(void)state;
	if (!mkdtemp(name) || chdir(name) < 0)
		return -1;
	home = copy(name);
	return 0;
}

static int tree_teardown(void **state)
{
	(void)state;
	units_free(&units);
	if (chdir("/") < 0)
		return -1;
	remove_tree(home);
	free(home);
	return 0;
}

static void quotes_and_brackets(void **state)
{
	(void)state;
	put("include/sub/x.h", "  #  include <y.h>\n");
	put("include/y.h", "");
	put("d/own.h", "");
	put("d/a.c", "#include \"own.h\"\n#include <sub/x.h>\nint a;");
	put("d/b.c", "int b; // #include \"own.h\"\n");
	put("e/c.c", "#include \"../d/own.h\"\n#include <own.h>\n");
	add_unit("d/a.c", "clang", "-Iinclude", NULL);
	add_unit("d/b.c", "clang", "-Iinclude", NULL);
	add_unit("e/c.c", "clang", "-I", "include", NULL);
	assert_reached("include/y.h", "x--");
	assert_reached("include/sub/x.h", "x--");
	assert_reached("d/own.h", "x-x");
	assert_reached("d/b.c", "-x-");
	assert_reached("nowhere.h", "---");
}

static void the_first_folder_that_has_it(void **state)
{
	(void)state;
	put("one/h.h", "");
	put("two/h.h", "");
	put("a.c", "#include <h.h>\n");
	put("b.c", "#include <h.h>\n");
	add_unit("a.c", "clang", "-Iinclude", "-Ione", "-Itwo", NULL);
	add_unit("b.c", "clang", "-Iinclude", "-isystem", "two", "-Ione", NULL);
	assert_reached("one/h.h", "x-");
	assert_reached("two/h.h", "-x");
	// One that is no more was found by both.
	assert_reached("include/h.h", "xx");
}

static void circles(void **state)
{
	(void)state;
	put("x.h", "#include \"y.h\"\n");
	put("y.h", "#include \"x.h\"\n#include \"z.h\"\n");
	put("z.h", "#include \"z.h\"\n#include \"w.h\"\n");
	put("w.h", "#include \"y.h\"\n#include \"end.h\"\n");
	put("end.h", "");
	put("a.c", "#include \"x.h\"\n");
	put("b.c", "#include \"y.h\"\n");
	put("c.c", "#include \"end.h\"\n");
	add_unit("a.c", "clang", NULL);
	add_unit("b.c", "clang", NULL);
	add_unit("c.c", "clang", NULL);
	assert_reached("end.h", "xxx");
	assert_reached("x.h", "xx-");
	assert_reached("w.h", "xx-");
}

static void forced_and_included_sources(void **state)
{
	(void)state;
	put("config.h", "#include \"deep.h\"\n");
	put("deep.h", "");
	put("part.c", "");
	put("a.c", "#include \"part.c\"\n");
	put("b.c", "");
	add_unit("a.c", "clang", NULL);
	add_unit("b.c", "clang", "-include", "config.h", NULL);
	assert_reached("deep.h", "-x");
	assert_reached("part.c", "x-");
}

static void what_is_no_include(void **state)
{
	(void)state;
	put("h.h", "");
	put("a.c", "#include\n#include \"h.h\n#include \"\"\n#include <>\n#include MACRO\n#\n#inc \"h.h\"\n#");
	add_unit("a.c", "clang", NULL);
	add_unit("none.c", "clang", "-I", NULL);
	assert_reached("h.h", "--");
	assert_reached("none.c", "-x");
}

static void names_as_git_prints_them(void **state)
{
	static const struct {
		const char *line, *name;
	} rows[] = {
		{"a.c", "a.c"},
		{"a b.c", "a b.c"},
		{"\"a\\tb\\n\\\"c\\\\.c\"", "a\tb\n\"c\\.c"},
		{"\"caf\\303\\251.c\"", "caf\xc3\xa9.c"},
		{"\"open", NULL},
		{"\"\\", NULL},
		{"\"\\x\"", NULL},
		{"\"\\47\"", NULL},
		{"\"\\777\"", NULL},
		{"\"a\"b", NULL},
		{"\"\"", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *name = revision_unquote(rows[i].line);

		assert_int_equal(!name, !rows[i].name);
		if (name)
			assert_string_equal(name, rows[i].name);
		free(name);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(quotes_and_brackets),	   TEST(the_first_folder_that_has_it), TEST(circles),
		TEST(forced_and_included_sources), TEST(what_is_no_include),	       cmocka_unit_test(names_as_git_prints_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
