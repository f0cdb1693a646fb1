// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which texts hold a word, and which files stand beside a source.

#include "test.h"

#include <stdio.h>
#include <unistd.h>

#include "files.h"
#include "selection.h"

static char *folder;

static int make_folder(void **state)
{
	char pattern[] = "/tmp/selection-XXXXXX";

	(void)state;
	folder = copy(mkdtemp(pattern));
	return chdir(folder);
}

static int remove_folder(void **state)
{
	(void)state;
	assert_int_equal(chdir("/"), 0);
	remove_tree(folder);
	free(folder);
	return 0;
}

static void put(const char *path, const char *text)
{
	char *parent = path_parent(path);

	assert_int_equal(make_directories(parent), 0);
	assert_int_equal(file_write(path, text, strlen(text)), 0);
	free(parent);
}

static struct selection *words(const char *first, ...)
{
	struct strings lines = {0};
	struct selection *selection;
	va_list args;

	va_start(args, first);
	for (const char *line = first; line; line = va_arg(args, const char *))
		strings_add(&lines, line);
	va_end(args);
	selection = selection_from(&lines);
	strings_free(&lines);
	return selection;
}

static bool wants(struct selection *selection, const char *file)
{
	struct unit unit = {.compile = {.directory = folder, .file = (char *)file}};
	bool wanted;

	strings_add(&unit.compile.arguments, "clang");
	strings_add(&unit.compile.arguments, "-Ilib");
	strings_add(&unit.compile.arguments, "-I");
	strings_add(&unit.compile.arguments, "more");
	strings_add(&unit.compile.arguments, file);
	wanted = selection_wants(selection, &unit);
	strings_free(&unit.compile.arguments);
	return wanted;
}

static bool text_wanted(struct selection *selection, const char *text)
{
	put("./text.c", text);
	return wants(selection, "text.c");
}

static void identifiers_begin_or_end_with_a_word(void **state)
{
	struct selection *selection = words("struct *_driver", "struct file_operations", "call cdev_del",
					    "call cdev_delete_all", "call __devm_add", "call dma", NULL);

	(void)state;
	assert_true(text_wanted(selection, "static struct usb_driver x;"));
	assert_true(text_wanted(selection, "struct file_operations x;"));
	assert_true(text_wanted(selection, "cdev_del(x);"));
	assert_true(text_wanted(selection, "a(); cdev_delete_them(x);"));
	assert_true(text_wanted(selection, "____cdev_del(x);"));
	assert_true(text_wanted(selection, "devm_add(x);"));
	assert_true(text_wanted(selection, "dma"));
	assert_true(text_wanted(selection, "#define X cdev_del\n"));
	assert_false(text_wanted(selection, ""));
	assert_false(text_wanted(selection, "usb_drivers; x_file_operations; xcdev_del; cdev_de; 0cdev_del;"));
	assert_false(text_wanted(selection, "_driver_x; devm_ad; a__devm_add;"));
	selection_free(selection);
}

static void the_sources_that_a_source_includes_count_whole(void **state)
{
	struct selection *selection = words("struct pci_driver", "call cdev_del", NULL);

	(void)state;
	put("a/part.c", "struct pci_driver x;\n");
	put("a/whole.c", "# include \"part.c\"\n");
	put("a/circle.c", "#include \"circle.h\"\n");
	put("a/circle.h", "#include \"circle.c\"\n#include \"circle.h\"\n#include \"none.h\"\n");
	assert_true(wants(selection, "a/whole.c"));
	assert_false(wants(selection, "a/circle.c"));
	assert_false(wants(selection, "a/circle.c"));
	assert_true(wants(selection, "a/nothing.c"));
	selection_free(selection);
}

static void of_a_header_macros_and_calls_count(void **state)
{
	struct selection *selection = words("struct pci_driver", "call cdev_del", NULL);

	(void)state;
	put("a/declares.h", "struct pci_driver;\n#define A 1\nextern struct pci_driver b;\n");
	put("a/declares.c", "#include \"declares.h\"\n");
	put("more/defines.h", "#define A(x) \\\n\tstatic \\\n\tstruct pci_driver x\n");
	put("a/defines.c", "#include \"defines.h\"\nA(b);\n");
	put("lib/calls.h", "static inline void a(void *b)\n{\n\tcdev_del(b);\n}\n");
	put("a/calls.c", "#include \"declares.h\"\n#include \"calls.h\"\n");
	put("a/angle.c", "#include <calls.h>\n");
	assert_false(wants(selection, "a/declares.c"));
	assert_true(wants(selection, "a/defines.c"));
	assert_true(wants(selection, "a/calls.c"));
	assert_false(wants(selection, "a/angle.c"));
	selection_free(selection);
}

static void many_headers_are_remembered(void **state)
{
	struct selection *selection = words("call cdev_del", NULL);
	char *text = copy("");

	(void)state;
	for (int i = 0; i < 1500; i++) {
		char *name = format("h/%d.h", i);
		char *longer = format("%s#include \"%s\"\n", text, name);

		put(name, i == 1499 ? "void a(void) { cdev_del(0); }\n" : "int a;\n");
		free(text);
		free(name);
		text = longer;
	}
	put("./many.c", text);
	put("./last.c", "#include \"h/1499.h\"\n");
	put("./first.c", "#include \"h/0.h\"\n");
	assert_true(wants(selection, "many.c"));
	assert_true(wants(selection, "last.c"));
	assert_false(wants(selection, "first.c"));
	free(text);
	selection_free(selection);
}

static void lines_that_are_no_words_are_refused(void **state)
{
	(void)state;
	assert_null(words(NULL, NULL));
	assert_null(words("struct ", NULL));
	assert_null(words("struct *", NULL));
	assert_null(words("call *_x", NULL));
	assert_null(words("call a", "file_operations", NULL));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
	const struct CMUnitTest tests[] = {
		TEST(identifiers_begin_or_end_with_a_word),
		TEST(the_sources_that_a_source_includes_count_whole),
		TEST(of_a_header_macros_and_calls_count),
		TEST(many_headers_are_remembered),
		TEST(lines_that_are_no_words_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
