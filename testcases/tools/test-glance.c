// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is kept of a text between runs, and when it no longer counts.

#include "test.h"

#include <time.h>
#include <unistd.h>

#include "files.h"
#include "glance.h"

static char *folder;

static int make_folder(void **state)
{
	char pattern[] = "/tmp/glance-XXXXXX";

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

static struct stat aged(long seconds, long size)
{
	return (struct stat){.st_size = size, .st_mtim = {.tv_sec = time(NULL) - seconds, .tv_nsec = 5}};
}

static void keep(const char *path, bool header, const struct stat *state, bool has, const char *include)
{
	struct glances *glances = glances_open("kept", 7);
	struct strings includes = {0};

	if (include)
		strings_add(&includes, include);
	glances_add(glances, path, header, state, has, &includes);
	strings_free(&includes);
	glances_close(glances);
}

static bool known(const char *path, bool header, const struct stat *state, uint64_t words)
{
	struct glances *glances = glances_open("kept", words);
	struct strings includes = {0};
	bool has = false, found = glances_find(glances, path, header, state, &has, &includes);

	if (found && !strcmp(path, "/a b.c")) {
		assert_false(has);
		assert_int_equal(includes.count, 1);
		assert_string_equal(includes.at[0], "x y.h");
	}
	strings_free(&includes);
	glances_close(glances);
	return found;
}

static void a_text_is_known_as_it_was(void **state)
{
	struct stat old = aged(100, 10), other;

	(void)state;
	assert_false(known("/a b.c", false, &old, 7));
	keep("/a b.c", false, &old, false, "x y.h");
	keep("/c.h", true, &old, true, NULL);
	assert_true(known("/a b.c", false, &old, 7));
	assert_true(known("/c.h", true, &old, 7));
	assert_false(known("/a b.c", true, &old, 7));
	assert_false(known("/a.c", false, &old, 7));
	assert_false(known("/a b.c", false, &old, 8)); // other words
	other = old;
	other.st_size = 11;
	assert_false(known("/a b.c", false, &other, 7));
	other = old;
	other.st_mtim.tv_nsec = 6;
	assert_false(known("/a b.c", false, &other, 7));
	other = old;
	other.st_mtim.tv_sec++;
	assert_false(known("/a b.c", false, &other, 7));
}

static void what_was_just_written_is_not_kept(void **state)
{
	struct stat fresh = aged(0, 10);

	(void)state;
	keep("/a.c", false, &fresh, false, NULL);
	assert_false(known("/a.c", false, &fresh, 7));
}

static void strange_names_are_not_kept(void **state)
{
	struct stat old = aged(100, 10);

	(void)state;
	keep("/a\n.c", false, &old, false, NULL);
	assert_false(known("/a\n.c", false, &old, 7));
	keep("/a.c", false, &old, false, "a\tb.h");
	assert_false(known("/a.c", false, &old, 7));
}

static void a_damaged_file_is_as_good_as_none(void **state)
{
	struct stat old = aged(100, 10);
	size_t length;
	char *text;

	(void)state;
	keep("/a.c", false, &old, false, NULL);
	text = file_read("kept", &length);
	assert_int_equal(file_write("kept", text, length - 3), 0);
	assert_false(known("/a.c", false, &old, 7));
	assert_int_equal(file_write("kept", "", 0), 0);
	assert_false(known("/a.c", false, &old, 7));
	free(text);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
	const struct CMUnitTest tests[] = {
		TEST(a_text_is_known_as_it_was),
		TEST(what_was_just_written_is_not_kept),
		TEST(strange_names_are_not_kept),
		TEST(a_damaged_file_is_as_good_as_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
