// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rows become lists, and templates with lists become scripts.

#include "test.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "lists.h"
#include "templates.h"

static char *folder;
static struct lists *lists;

static void put(const char *path, const char *text)
{
	char *parent = path_parent(path);

	assert_int_equal(make_directories(parent), 0);
	assert_int_equal(file_write(path, text, strlen(text)), 0);
	free(parent);
}

static int set_up(void **state)
{
	static const char program[] =
		"#!/bin/sh\n"
		"cat <<'END'\n"
		"locks\t{\"function\":\"mutex_lock\",\"action\":\"acquire\"}\n"
		"locks\t{\"function\":\"down_read\",\"action\":\"acquire\",\"mode\":\"shared\"}\n"
		"locks\t{\"function\":\"mutex_unlock\",\"action\":\"release\"}\n"
		"drivers\t{\"struct\":\"usb_driver\",\"remove\":[\"disconnect\"],\"hotplug\":\"true\"}\n"
		"drivers\t{\"struct\":\"platform_driver\",\"remove\":[\"remove\"]}\n"
		"drivers\t{\"struct\":\"usbatm_driver\",\"remove\":[\"unbind\"],\"probe\":[\"bind\"],\"hotplug\":\"false\"}\n"
		"resources\t{\"name\":\"ioport\",\"released\":[\"__release_region\",\"pci_release_regions\"]}\n"
		"async-calls\t{\"function\":\"mod_timer\",\"kind\":\"timer\",\"does\":\"arm\"}\n"
		"async-calls\t{\"function\":\"queue_work\",\"kind\":\"work\",\"does\":\"arm\"}\n"
		"waits\t{\"function\":\"wait_for_completion\"}\n"
		"waits\t{\"function\":\"wait_for_completion_timeout\",\"bounded\":\"true\"}\n"
		"asyncs\t{\"start\":\"work_struct.func\",\"kind\":\"work\",\"macros\":[\"INIT_WORK\"]}\n"
		"asyncs\t{\"start\":\"tasklet_setup\",\"kind\":\"tasklet\"}\n"
		"spellings\t{\"source\":\"release_region\",\"compiler\":\"__release_region\"}\n"
		"END\n";
	char pattern[] = "/tmp/templates-XXXXXX";
	struct strings none = {0};

	(void)state;
	folder = copy(mkdtemp(pattern));
	assert_int_equal(chdir(folder), 0);
	put("program", program);
	assert_int_equal(chmod("program", 0755), 0);
	lists = lists_open("./program", &none);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	lists_free(lists);
	assert_int_equal(chdir("/"), 0);
	remove_tree(folder);
	free(folder);
	return 0;
}

static void test_lists(void **state)
{
	(void)state;
	assert_words(lists_find(lists, "locks.take"), "mutex_lock", "down_read", NULL);
	assert_words(lists_find(lists, "locks.take.exclusive"), "mutex_lock", NULL);
	assert_words(lists_find(lists, "locks.take.shared"), "down_read", NULL);
	assert_words(lists_find(lists, "locks.release"), "mutex_unlock", NULL);
	assert_words(lists_find(lists, "drivers"), "usb_driver", "platform_driver", "usbatm_driver", NULL);
	assert_words(lists_find(lists, "drivers.hotplug"), "usb_driver", NULL);
	assert_words(lists_find(lists, "drivers.probe"), "probe", "bind", NULL);
	assert_words(lists_find(lists, "async-calls.arm"), "mod_timer", "queue_work", NULL);
	assert_words(lists_find(lists, "async-calls.timer.arm"), "mod_timer", NULL);
	assert_words(lists_find(lists, "waits.unbounded"), "wait_for_completion", NULL);
	assert_words(lists_find(lists, "asyncs"), "INIT_WORK", "tasklet_setup", NULL);
	assert_null(lists_find(lists, "nothing"));
}

// spatch sees what the source writes, the rows say what the compiler sees.
static void test_spellings(void **state)
{
	(void)state;
	assert_words(lists_find(lists, "released.ioport"), "__release_region", "release_region", "pci_release_regions",
		     NULL);
}

static void test_a_script(void **state)
{
	struct strings all = {0};
	char *script;

	(void)state;
	put("from/common/piece.smpl", "// SPDX-License-Identifier: GPL-2.0-only\nRULE = \"%{rule}\"\n");
	put("from/UnfencedFileOp.cocci",
	    "// SPDX-License-Identifier: GPL-2.0-only\n%include piece\nidentifier f =~ \"^(%{locks.take})$\";\n100 % {a}\n");
	assert_int_equal(make_directories("to"), 0);
	assert_int_equal(templates_write("from", "to", lists, &all), 1);
	script = file_read("to/UnfencedFileOp.cocci", NULL);
	assert_string_equal(script, "// SPDX-License-Identifier: GPL-2.0-only\nRULE = \"UnfencedFileOp\"\n"
				    "identifier f =~ \"^(mutex_lock|down_read)$\";\n100 % {a}\n");
	free(script);
}

// What cannot be filled in ends the program, with the place: an empty expression would match everything or nothing.
static void assert_refuses(const char *text, const char *rule)
{
	struct strings rules = {0};
	int status, child;

	put("wrong/UnfencedFileOp.cocci", text);
	if (rule)
		strings_add(&rules, rule);
	child = fork();
	if (!child) {
		templates_write("wrong", "to", lists, &rules);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 2);
	strings_free(&rules);
}

static void test_refused(void **state)
{
	(void)state;
	assert_refuses("%{no.such.list}\n", NULL);
	assert_refuses("%include no-such-piece\n", NULL);
	assert_refuses("x\n", "TeardownOrder");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_a_script),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
