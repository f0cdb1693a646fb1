// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strongfence scan and prepare, end to end: a small tree that looks like a kernel, databases, what changes
// between two scans, and interruption.

#include "bed.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "files.h"

#define KERNEL "--kernel-src", "linux", "--kernel-build", "build"

static void prepared_kernel(void)
{
	make_kernel("linux");
	run("prepare", KERNEL, NULL);
	assert_int_equal(last_run()->status, 0);
}

// The clock that stamps files is coarse: a change right after a scan could look as old as it.
static void touch_later(const char *path)
{
	struct timespec moment = {.tv_nsec = 50000000};

	nanosleep(&moment, NULL);
	assert_int_equal(utimensat(AT_FDCWD, path, NULL, 0), 0);
}

static void forget_runs(void)
{
	unlink("runs");
}

static void prepare_makes_a_build_directory(void **state)
{
	(void)state;
	make_kernel("linux");
	run("prepare", KERNEL, NULL);
	assert_int_equal(last_run()->status, 0);
	assert_true(file_exists("build/include/generated/bounds.h"));
	assert_true(file_exists("build/.strongfence/prepare.log"));
	assert_said("build is ready: strongfence scan --kernel-src linux --kernel-build build");
}

static void prepare_takes_a_users_config(void **state)
{
	char *text;

	(void)state;
	make_kernel("linux");
	put("my.config", "# Linux/x86 6.12.0 Kernel Configuration\nCONFIG_MINE=y\n");
	run("prepare", KERNEL, "--config", "my.config", NULL);
	assert_int_equal(last_run()->status, 0);
	text = get("build/.config");
	assert_non_null(strstr(text, "CONFIG_MINE=y"));
	free(text);
	run("prepare", KERNEL, "--config", "./none", NULL);
	assert_refused("--config: ./none: No such file or directory");
	run("prepare", KERNEL, "--config", "linux/Makefile", NULL);
	assert_refused("linux/Makefile: not a kernel configuration");
	run("prepare", KERNEL, "--config", "nosuchconfig", NULL);
	assert_refused("make nosuchconfig: ");
	assert_said("the log is build/.strongfence/prepare.log");
}

static void scan_finds_in_all_units(void **state)
{
	(void)state;
	prepared_kernel();
	run("scan", "drivers", KERNEL, NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("3 units analysed, 2 findings (UnfencedFileOp 1, RacyAliveCheck 1)");
	assert_int_equal(strncmp(last_run()->out, "drivers/a/one.c:2:2: warning", 28), 0);
	assert_non_null(strstr(last_run()->out, "\ndrivers/b/three.c:1:2: warning"));
	assert_int_equal(lines_in("runs"), 3);
}

static void second_scan_does_nothing_again(void **state)
{
	char *first;

	(void)state;
	prepared_kernel();
	run("scan", "drivers", KERNEL, NULL);
	first = copy(last_run()->out);
	forget_runs();
	rename("linux/Makefile", "linux/Makefile.away");
	rename("linux/Makefile.away", "linux/Makefile");
	run("scan", "drivers", KERNEL, NULL);
	assert_int_equal(last_run()->status, 1);
	assert_string_equal(last_run()->out, first);
	assert_int_equal(lines_in("runs"), 0);
	// Part of it is there too, and comes back with all of it.
	run("scan", "drivers/b", KERNEL, NULL);
	assert_said("1 unit analysed");
	run("scan", "drivers", KERNEL, NULL);
	assert_string_equal(last_run()->out, first);
	assert_int_equal(lines_in("runs"), 0);
	free(first);
}

static void what_changed_is_done_again(void **state)
{
	(void)state;
	prepared_kernel();
	put("model.yaml", "good\n");
	run("scan", "drivers", KERNEL, NULL);
	forget_runs();
	put("linux/drivers/a/two.c", "int two; // fake: finding UnfencedFileOp low\n");
	touch_later("linux/drivers/a/two.c");
	run("scan", "drivers", KERNEL, NULL);
	assert_said("3 findings");
	assert_int_equal(lines_in("runs"), 1);

	forget_runs();
	touch_later("linux/include/linux/thing.h");
	run("scan", "drivers", KERNEL, NULL);
	assert_int_equal(lines_in("runs"), 1);

	forget_runs();
	run("scan", "drivers", KERNEL, "--kernel-model", "model.yaml", NULL);
	assert_int_equal(lines_in("runs"), 3);
	forget_runs();
	put("model.yaml", "another\n");
	touch_later("model.yaml");
	run("scan", "drivers", KERNEL, "--kernel-model", "model.yaml", NULL);
	assert_int_equal(lines_in("runs"), 3);

	forget_runs();
	run("scan", "drivers", KERNEL, "--budget", "7", NULL);
	assert_int_equal(lines_in("runs"), 3);

	// The unit program itself.
	char *program = file_read(FAKE_UNIT, NULL);
	size_t length;

	free(program);
	program = file_read(FAKE_UNIT, &length);
	assert_int_equal(file_write("unit", program, length), 0);
	assert_int_equal(chmod("unit", 0755), 0);
	free(program);
	forget_runs();
	setenv("STRONGFENCE_UNIT", "./unit", 1);
	run("scan", "drivers", KERNEL, "--budget", "7", NULL);
	assert_int_equal(lines_in("runs"), 3);
	forget_runs();
	touch_later("unit");
	run("scan", "drivers", KERNEL, "--budget", "7", NULL);
	assert_int_equal(lines_in("runs"), 3);
	forget_runs();
	run("scan", "drivers", KERNEL, "--budget", "7", "--launcher", "env X=1", "-j1", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_int_equal(lines_in("runs"), 0);
}

static void makefile_and_config_changes_are_seen(void **state)
{
	(void)state;
	prepared_kernel();
	run("scan", "drivers", KERNEL, NULL);
	forget_runs();
	put("linux/drivers/a/four.c", "int four; // fake: finding UnfencedFileOp low\n");
	put("linux/drivers/a/Makefile", "a += drivers/a/four.o\n");
	touch_later("linux/drivers/a/Makefile");
	run("scan", "drivers", KERNEL, NULL);
	assert_said("4 units analysed, 3 findings");
	assert_int_equal(lines_in("runs"), 1);

	forget_runs();
	put("linux/drivers/a/Makefile", "more = -DMORE\n");
	run("scan", "drivers", KERNEL, NULL);
	assert_said("3 units analysed, 2 findings");
	// Only drivers/a was asked again: the flags of drivers/b are those of before.
	assert_int_equal(lines_in("runs"), 2);

	forget_runs();
	put("build/.config", "# Linux/x86 6.12.0 Kernel Configuration\nCONFIG_CC_IS_CLANG=y\n"
			     "CONFIG_CC_VERSION_TEXT=\"clang version 19.1.7\"\nCONFIG_MORE=y\n");
	run("scan", "drivers", KERNEL, NULL);
	assert_int_equal(lines_in("runs"), 1);
}

static void a_new_header_heals_a_failed_unit(void **state)
{
	(void)state;
	prepared_kernel();
	put("linux/drivers/a/two.c", "#include <linux/generated.h>\n");
	run("scan", "drivers", KERNEL, NULL);
	assert_refused("strongfence: drivers/a/two.c: parse-error: ");
	assert_said("2 units analysed, 1 FAILED, 2 findings");
	put("linux/include/linux/generated.h", "int generated;\n");
	run("scan", "drivers", KERNEL, NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("3 units analysed, 2 findings");
}

static void a_failed_unit_never_shows_its_old_record(void **state)
{
	(void)state;
	prepared_kernel();
	run("scan", "drivers/a", KERNEL, NULL);
	assert_said("1 finding ");
	put("linux/drivers/a/one.c", "// fake: die\n");
	touch_later("linux/drivers/a/one.c");
	run("scan", "drivers/a", KERNEL, NULL);
	assert_refused("strongfence: drivers/a/one.c: ");
	assert_string_equal(last_run()->out, "");
	assert_said("1 unit analysed, 1 FAILED, 0 budget stops");
}

static void units_without_a_word_are_set_aside_and_counted(void **state)
{
	(void)state;
	prepared_kernel();
	setenv("FAKE_WORDS", "struct one\ncall three", 1);
	run("scan", "drivers", KERNEL, NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("strongfence: 1 unit has nothing to look for and is not analysed (--all analyses everything)\n");
	assert_said("strongfence: 2 units analysed, 2 findings");
	assert_int_equal(lines_in("runs"), 2);
	run("scan", "drivers", KERNEL, "--all", NULL);
	assert_said("strongfence: 3 units analysed, 2 findings");
	assert_null(strstr(last_run()->err, "nothing to look for"));
	assert_int_equal(lines_in("runs"), 3);
	// A file that is named is analysed, whatever it holds.
	run("check", "drivers/a/two.c", KERNEL, NULL);
	assert_said("strongfence: 1 unit analysed, 0 findings");
	run("scan", "drivers/a/two.c", KERNEL, NULL);
	assert_said("strongfence: 1 unit analysed, 0 findings");
	run("scan", "drivers/a/two.c", "drivers/b", KERNEL, NULL);
	assert_said("strongfence: 1 unit has nothing to look for");

	setenv("FAKE_WORDS", "structural one", 1);
	run("scan", "drivers", KERNEL, NULL);
	assert_refused(": does not say which words to look for");
	unsetenv("FAKE_WORDS");
}

static void the_summary_counts_doors_roots_and_timeouts(void **state)
{
	(void)state;
	prepared_kernel();
	put("linux/drivers/a/two.c", "int two; // fake: status timeout\n");
	run("scan", "drivers", KERNEL, NULL);
	assert_refused("2 units analysed, 1 FAILED (1 time-out), 2 findings");
	assert_said("strongfence: 6 doors, 3 teardown roots\n");
}

static void a_launcher_that_does_not_start(void **state)
{
	(void)state;
	prepared_kernel();
	run("scan", "drivers/a", KERNEL, "--launcher", "/nowhere/srun", NULL);
	assert_refused("strongfence: drivers/a/one.c: ");
	assert_said("0 units analysed, 2 FAILED");
}

static void paths_may_be_files_and_from_here(void **state)
{
	(void)state;
	prepared_kernel();
	run("check", "drivers/a/two.c", KERNEL, NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("1 unit analysed, 0 findings");
	run("check", "linux/drivers/b/three.c", "--kernel-build", "build", NULL);
	assert_int_equal(last_run()->status, 1);
	run("scan", "drivers/none", KERNEL, NULL);
	assert_refused("drivers/none: no such file or directory in the kernel tree");
	run("scan", "drivers/empty", KERNEL, NULL);
	assert_refused("drivers/empty: this configuration compiles no C source there");
	run("scan", ".", "--kernel-src", "linux", "--kernel-build", "build", NULL);
	assert_refused("the whole tree cannot be asked for at once");
	run("scan", "linux/include/linux/thing.h", KERNEL, NULL);
	assert_refused("neither a directory nor a C source");
}

static void not_a_kernel(void **state)
{
	(void)state;
	assert_int_equal(mkdir("tree", 0777), 0);
	run("scan", "--kernel-src", "tree", "--kernel-build", "build", NULL);
	assert_refused("strongfence: tree: not a Linux kernel source tree");
	run("scan", "--kernel-src", "none", "--kernel-build", "build", NULL);
	assert_refused("strongfence: none: no such directory");
	run("prepare", "--kernel-src", "tree", "--kernel-build", "build", NULL);
	assert_refused("strongfence: tree: not a Linux kernel source tree");
	run("scan", "--kernel-build", "tree", NULL);
	assert_refused("strongfence: tree: not a kernel's build directory");
}

static void never_prepared(void **state)
{
	(void)state;
	make_kernel("linux");
	run("scan", KERNEL, NULL);
	assert_refused("strongfence: build: never prepared: it has no .config; run 'strongfence prepare "
		       "--kernel-src linux --kernel-build build'");
	run("scan", "--kernel-src", "linux", NULL);
	assert_refused("strongfence: linux: no build directory given");
	put("build/.config", "CONFIG_X=y\n");
	run("scan", KERNEL, NULL);
	assert_refused("strongfence: build: configured but not prepared; run 'strongfence prepare");
}

static void built_in_place(void **state)
{
	char *here = working_directory(), *database;

	(void)state;
	make_kernel("linux");
	put("linux/.config", "CONFIG_CC_IS_GCC=y\n");
	run("prepare", KERNEL, NULL);
	assert_refused("strongfence: linux: built in place, so Kbuild refuses another build directory");
	run("scan", "drivers", KERNEL, NULL);
	assert_refused("built in place, and it has no compile_commands.json");
	database = format("[{\"directory\":\"%s/linux\",\"file\":\"drivers/a/one.c\",\"command\":\"gcc "
			  "-Wp,-MMD,drivers/a/.one.o.d -Iinclude -fconserve-stack -mrecord-mcount "
			  "-D__KERNEL__ -c -o drivers/a/one.o drivers/a/one.c\"}]",
			  here);
	put("linux/compile_commands.json", database);
	run("scan", "drivers", "--kernel-src", "linux", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("built in place, so Kbuild refuses O=: taking its compile_commands.json");
	assert_int_equal(strncmp(last_run()->out, "drivers/a/one.c:2:2: warning", 28), 0);
	assert_false(file_exists("linux/drivers/a/.one.o.d"));
	assert_false(file_exists("linux/drivers/a/one.o"));
	free(database);
	free(here);
}

static void truncated_database(void **state)
{
	(void)state;
	put("a.c", "int a;\n");
	put("compile_commands.json", "[\n{\"directory\":\".\",\"file\":\"a.c\",\"comm");
	run("scan", "-p", ".", NULL);
	assert_refused("strongfence: ./compile_commands.json:2: not a whole compile_commands.json: ");
	put("compile_commands.json", "");
	run("scan", "-p", "compile_commands.json", NULL);
	assert_refused("strongfence: compile_commands.json:1: not a whole");
	put("compile_commands.json", "{}");
	run("scan", "-p", "compile_commands.json", NULL);
	assert_refused("the outermost value is not an array");
	put("compile_commands.json", "[]");
	run("scan", "-p", "compile_commands.json", NULL);
	assert_refused("it names no C source");
	put("compile_commands.json", "[{\"directory\":\".\",\"file\":\"a.c\"}]");
	run("scan", "-p", "compile_commands.json", NULL);
	assert_refused("compile_commands.json: entry 1 has neither \"command\" nor \"arguments\"");
	run("scan", "-p", "none", NULL);
	assert_refused("strongfence: none: No such file or directory");
}

static void database_that_names_missing_files(void **state)
{
	(void)state;
	put("a.c", "int a; // fake: finding UnfencedFileOp low\n");
	put("compile_commands.json", "[{\"directory\":\".\",\"file\":\"gone.c\",\"command\":\"cc -c gone.c\"},"
				     "{\"directory\":\".\",\"file\":\"a.c\",\"command\":\"cc -c a.c\"}]");
	run("scan", "-p", ".", NULL);
	assert_refused("strongfence: gone.c: no such file");
	assert_said("1 unit analysed, 1 FAILED, 1 finding ");
	assert_non_null(strstr(last_run()->out, "a.c:1:2: warning"));
	run("check", "a.c", "-p", ".", NULL);
	assert_int_equal(last_run()->status, 1);
	run("check", "other.c", "-p", ".", NULL);
	assert_refused("other.c: ./compile_commands.json has no command for a C source there");
}

static void compiled_twice_is_reported_once(void **state)
{
	(void)state;
	put("a.c", "int a; // fake: finding UnfencedFileOp low\n");
	put("compile_commands.json",
	    "[{\"directory\":\".\",\"file\":\"a.c\",\"command\":\"cc -DX -c a.c\"},"
	    "{\"directory\":\".\",\"file\":\"a.c\",\"arguments\":[\"cc\",\"-DY\",\"-c\",\"a.c\"]}]");
	run("scan", "-p", ".", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("2 units analysed, 1 finding (");
}

static void strange_names_in_a_database(void **state)
{
	(void)state;
	put("a $x 'y'\n.c", "int a; // fake: finding UnfencedFileOp low\n");
	put("compile_commands.json", "[{\"directory\":\".\",\"file\":\"a $x 'y'\\n.c\",\"command\":"
				     "\"cc -c \\\"a \\\\$x 'y'\\n.c\\\"\"}]");
	run("scan", "-p", ".", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_non_null(strstr(last_run()->out, "a $x 'y'\\n.c:1:2: warning"));
	// A depfile cannot name this source; a change is seen nevertheless.
	forget_runs();
	put("a $x 'y'\n.c", "int a;\n");
	run("scan", "-p", ".", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_int_equal(lines_in("runs"), 1);
}

static void wait_for(const char *path)
{
	struct timespec moment = {.tv_nsec = 20000000};

	for (int i = 0; i < 1500 && lines_in(path) < 1; i++)
		nanosleep(&moment, NULL);
	assert_true(lines_in(path) >= 1);
}

static void interrupted_scan_carries_on(void **state)
{
	int pid;

	(void)state;
	prepared_kernel();
	put("linux/drivers/a/one.c", "// fake: sleep 100\n");
	put("linux/drivers/a/two.c", "// fake: sleep 100\n");
	pid = start("scan", "drivers", KERNEL, "-j1", NULL);
	wait_for("runs");
	kill(pid, SIGINT);
	finish(pid);
	assert_refused("strongfence: interrupted after ");
	assert_said("run the same command again to carry on");
	assert_string_equal(last_run()->out, "");
	put("linux/drivers/a/one.c", "int one; // fake: finding UnfencedFileOp low\n");
	put("linux/drivers/a/two.c", "int two;\n");
	run("scan", "drivers", KERNEL, NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("3 units analysed, 2 findings");
}

static void two_scans_in_one_folder(void **state)
{
	int pid;

	(void)state;
	prepared_kernel();
	put("linux/drivers/a/one.c", "// fake: sleep 100\n");
	pid = start("scan", "drivers/a", KERNEL, NULL);
	wait_for("runs");
	// The second's own output would mix with the first's.
	rename("out.txt", "first-out.txt");
	rename("err.txt", "first-err.txt");
	run("scan", "drivers/b", KERNEL, NULL);
	assert_refused("another strongfence is at work in this folder");
	kill(pid, SIGTERM);
	finish(pid);
	assert_int_equal(last_run()->status, 2);
}

static void state_folder_that_cannot_be_made(void **state)
{
	(void)state;
	prepared_kernel();
	put("file", "");
	run("scan", "drivers/a", KERNEL, "--state", "file/state", NULL);
	assert_refused("strongfence: file/state/units: Not a directory; --state names another folder");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_setup, bed_teardown)
	const struct CMUnitTest tests[] = {
		TEST(prepare_makes_a_build_directory),
		TEST(prepare_takes_a_users_config),
		TEST(scan_finds_in_all_units),
		TEST(second_scan_does_nothing_again),
		TEST(what_changed_is_done_again),
		TEST(makefile_and_config_changes_are_seen),
		TEST(a_new_header_heals_a_failed_unit),
		TEST(a_failed_unit_never_shows_its_old_record),
		TEST(units_without_a_word_are_set_aside_and_counted),
		TEST(the_summary_counts_doors_roots_and_timeouts),
		TEST(a_launcher_that_does_not_start),
		TEST(paths_may_be_files_and_from_here),
		TEST(not_a_kernel),
		TEST(never_prepared),
		TEST(built_in_place),
		TEST(truncated_database),
		TEST(database_that_names_missing_files),
		TEST(compiled_twice_is_reported_once),
		TEST(strange_names_in_a_database),
		TEST(interrupted_scan_carries_on),
		TEST(two_scans_in_one_folder),
		TEST(state_folder_that_cannot_be_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
