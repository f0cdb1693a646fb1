// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test.h"

#include <stdlib.h>
#include <unistd.h>

#include "descent.h"
#include "files.h"

static char *root;

static void put(const char *name, const char *text)
{
	char *path = path_join(root, name);
	char *parent = path_parent(path);

	assert_int_equal(make_directories(parent), 0);
	assert_int_equal(file_write(path, text, strlen(text)), 0);
	free(parent);
	free(path);
}

static int setup(void **state)
{
	char pattern[] = "/tmp/strongfence-descent-XXXXXX";

	(void)state;
	root = mkdtemp(pattern) ? copy(pattern) : NULL;
	assert_non_null(root);
	put("drivers/Makefile", "# obj-y += char/comment/\n"
				"obj-y\t\t+= char/ipmi/ char/ usb/\n"
				"obj-$(CONFIG_A)\t+= char/a/ char/gone/ video/\n");
	put("drivers/char/Makefile", "obj-y += hw_random/\n");
	put("drivers/char/ipmi/Makefile", "");
	put("drivers/char/a/Makefile", "");
	put("drivers/char/comment/Makefile", "");
	put("drivers/char/hw_random/Makefile", "");
	put("drivers/usb/Makefile", "");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	remove_tree(root);
	free(root);
	return 0;
}

static void what_a_makefile_above_enters_is_added(void **state)
{
	struct strings paths = {0};

	(void)state;
	strings_add(&paths, "drivers/char");
	descent_add(root, &paths);
	assert_int_equal(paths.count, 3);
	assert_true(strings_have(&paths, "drivers/char/ipmi"));
	assert_true(strings_have(&paths, "drivers/char/a"));
	strings_free(&paths);
}

static void nothing_is_added_twice_or_for_the_top(void **state)
{
	struct strings paths = {0};

	(void)state;
	strings_add(&paths, "drivers");
	descent_add(root, &paths);
	assert_int_equal(paths.count, 1);
	strings_add(&paths, "drivers/char/ipmi");
	descent_add(root, &paths);
	assert_int_equal(paths.count, 2);
	strings_free(&paths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_makefile_above_enters_is_added),
		cmocka_unit_test(nothing_is_added_twice_or_for_the_top),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
