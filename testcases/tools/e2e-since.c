// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// scan --since, end to end, with real git.

#include "bed.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "process.h"

#define KERNEL "--kernel-src", "linux", "--kernel-build", "build"

static void command(const char *first, ...)
{
	struct strings words = {0};
	struct process process = {.words = &words, .quiet = true};
	va_list args;

	va_start(args, first);
	for (const char *word = first; word; word = va_arg(args, const char *))
		strings_add(&words, word);
	va_end(args);
	assert_int_equal(process_run(&process, NULL), 0);
	strings_free(&words);
}

static void commit(void)
{
	command("git", "-C", "linux", "add", "-A", NULL);
	command("git", "-C", "linux", "-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-q", "-m", "x", NULL);
}

static void put_later(const char *path, const char *text)
{
	struct timespec moment = {.tv_nsec = 50000000};

	nanosleep(&moment, NULL);
	put(path, text);
	assert_int_equal(utimensat(AT_FDCWD, path, NULL, 0), 0);
}

// drivers/a is a module of one.c and two.c, drivers/b is another.
static void make_repository(void)
{
	make_kernel("linux");
	put("linux/drivers/a/Makefile", "$(a): more = -DKBUILD_MODNAME='\"thing\"' -DMODULE\n"
					"$(b): more = -DKBUILD_MODNAME='\"other\"' -DMODULE\n");
	put("linux/include/linux/deep.h", "int deep(void);\n");
	put("linux/include/linux/thing.h", "#include <linux/deep.h>\nint thing(void);\n");
	put("linux/drivers/b/local.h", "\n");
	put("linux/drivers/a/one.c", "#include <linux/thing.h>\nint one; // fake: finding UnfencedFileOp high\n");
	put("linux/drivers/b/three.c", "#include \"local.h\"\nint three; // fake: finding RacyAliveCheck low\n");
	run("prepare", KERNEL, NULL);
	assert_int_equal(last_run()->status, 0);
	command("git", "init", "-q", "linux", NULL);
	commit();
}

// The records that this run read or made again.
static void scan(void)
{
	unlink("runs");
	unlink("runs.checks");
	run("scan", "--all", "drivers", KERNEL, "--since", "HEAD", NULL);
}

static void nothing_changed(void **state)
{
	(void)state;
	make_repository();
	scan();
	assert_int_equal(last_run()->status, 0);
	assert_string_equal(last_run()->out, "");
	assert_said("strongfence: 0 files changed since HEAD: 0 units affected, 0 of them by other units, 3 not\n");
	assert_said("strongfence: 0 units analysed, 0 findings, ");
	assert_int_equal(lines_in("runs"), 0);
}

static void a_source_that_changed(void **state)
{
	(void)state;
	make_repository();
	put("linux/drivers/b/three.c", "int more;\nint three; // fake: finding RacyAliveCheck low\n");
	scan();
	assert_int_equal(last_run()->status, 1);
	assert_non_null(strstr(last_run()->out, "drivers/b/three.c:2:2: warning: "));
	assert_null(strstr(last_run()->out, "drivers/a/"));
	assert_said("strongfence: 1 file changed since HEAD: 1 unit affected, 0 of them by other units, 2 not\n");
	assert_said("strongfence: 2 of the other units were never scanned: what they say to the affected ones is not known\n");
	assert_said("strongfence: 1 unit analysed, 1 finding (RacyAliveCheck 1), ");
	assert_int_equal(lines_in("runs"), 1);
	// Committed it has changed since the commit before, and not since itself.
	commit();
	scan();
	assert_said("0 files changed since HEAD: 0 units affected");
	run("scan", "--all", "drivers", KERNEL, "--since=HEAD~1", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("1 file changed since HEAD~1: 1 unit affected");
}

static void the_rest_of_the_module_is_checked(void **state)
{
	(void)state;
	make_repository();
	put("linux/drivers/a/two.c", "int two;\nint too;\n");
	scan();
	assert_int_equal(last_run()->status, 1);
	assert_non_null(strstr(last_run()->out, "drivers/a/one.c:2:2: warning: "));
	assert_said("1 file changed since HEAD: 2 units affected, 1 of them by other units, 1 not\n");
	assert_int_equal(lines_in("runs"), 2);
}

static void headers_that_changed(void **state)
{
	(void)state;
	make_repository();
	// By another header.
	put("linux/include/linux/deep.h", "int deeper(void);\n");
	scan();
	assert_said("1 file changed since HEAD: 2 units affected, 1 of them by other units, 1 not\n");
	assert_non_null(strstr(last_run()->out, "drivers/a/one.c:2:2: warning: "));
	command("git", "-C", "linux", "checkout", "-q", ".", NULL);
	// One that hides another.
	put("linux/drivers/b/linux/thing.h", "int thing(void);\n");
	put("linux/drivers/b/three.c", "#include \"linux/thing.h\"\nint three;\n");
	commit();
	command("git", "-C", "linux", "rm", "-q", "drivers/b/linux/thing.h", NULL);
	scan();
	assert_int_equal(last_run()->status, 0);
	assert_said("1 file changed since HEAD: 1 unit affected, 0 of them by other units, 2 not\n");
	assert_said("strongfence: 1 unit analysed, 0 findings, ");
	// One that git does not know yet, and one that nobody includes.
	commit();
	put("linux/drivers/b/linux/thing.h", "int thing(void);\n");
	put("linux/drivers/b/none \"of\" them.h", "\n");
	scan();
	assert_said("2 files changed since HEAD: 1 unit affected, ");
}

static void whoever_imports_from_what_changed(void **state)
{
	(void)state;
	make_repository();
	put("linux/drivers/a/two.c", "int two; // fake: exports open_helper good\n");
	put("linux/drivers/b/three.c", "int three; // fake: imports open_helper\n");
	put("linux/drivers/a/one.c", "int one;\n");
	commit();
	run("scan", "--all", "drivers", KERNEL, NULL);
	assert_int_equal(last_run()->status, 0);
	put_later("linux/drivers/a/two.c", "int two; // fake: exports open_helper bad\n");
	scan();
	assert_int_equal(last_run()->status, 1);
	assert_non_null(strstr(last_run()->out, "drivers/b/three.c:1:2: warning: imported and bad"));
	assert_null(strstr(last_run()->err, "never scanned"));
	assert_said("1 file changed since HEAD: 3 units affected, 2 of them by other units, 0 not\n");
	assert_int_equal(lines_in("runs"), 1);
	// The scan of everything finds the same.
	run("scan", "--all", "drivers", KERNEL, NULL);
	assert_said("1 finding (UnfencedFileOp 1)");
	assert_said("facts of 0 units read again, 0 units checked again");
}

static void whoever_begins_to_import_from_what_changed(void **state)
{
	(void)state;
	make_repository();
	put("linux/drivers/b/three.c", "int three; // fake: imports open_helper\n");
	commit();
	run("scan", "--all", "drivers", KERNEL, NULL);
	put_later("linux/drivers/a/two.c", "int two; // fake: exports open_helper bad\n");
	scan();
	assert_int_equal(last_run()->status, 1);
	assert_non_null(strstr(last_run()->out, "drivers/b/three.c:1:2: warning: imported and bad"));
	assert_said("1 file changed since HEAD: 3 units affected, 2 of them by other units, 0 not\n");
}

static void what_affected_units_take_from_the_others(void **state)
{
	(void)state;
	make_repository();
	put("linux/drivers/a/two.c", "int two; // fake: exports open_helper bad\n");
	put("linux/drivers/b/three.c", "int three;\n");
	commit();
	run("scan", "--all", "drivers", KERNEL, NULL);
	put_later("linux/drivers/b/three.c", "int three; // fake: imports open_helper\n");
	scan();
	assert_non_null(strstr(last_run()->out, "drivers/b/three.c:1:2: warning: imported and bad"));
	assert_null(strstr(last_run()->out, "drivers/a/"));
	assert_said("1 file changed since HEAD: 1 unit affected, 0 of them by other units, 2 not\n");
	assert_int_equal(lines_in("runs"), 1);
}

static void files_of_the_build_system(void **state)
{
	(void)state;
	make_repository();
	put("linux/drivers/b/Makefile", "# changed\n");
	put("linux/drivers/b/Kconfig", "# changed\n");
	scan();
	assert_said("strongfence: drivers/b/Kconfig changed: what that means for the configuration and the commands is not "
		    "followed\n");
	assert_said("2 files changed since HEAD: 1 unit affected, 0 of them by other units, 2 not\n");
}

static void with_a_baseline_and_suppressions(void **state)
{
	(void)state;
	make_repository();
	run("scan", "--all", "drivers", KERNEL, "--format", "json", "-o", "old.json", NULL);
	put("linux/drivers/a/one.c", "int one; /* strongfence: ok TeardownOrder - x */\n");
	put("linux/drivers/b/three.c", "int three; // fake: finding RacyAliveCheck low\n");
	commit();
	put_later("linux/drivers/b/three.c", "int three;\nint four; // fake: finding RacyAliveCheck low\n");
	run("scan", "--all", "drivers", KERNEL, "--since", "HEAD", "--baseline", "old.json", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_null(strstr(last_run()->err, "unused"));
	assert_said("strongfence: 1 finding of the baseline was not looked for: ");
	assert_said("0 new findings, 1 known from the baseline, 0 gone");
}

static void what_git_cannot_say(void **state)
{
	(void)state;
	make_kernel("linux");
	run("prepare", KERNEL, NULL);
	scan();
	assert_refused("strongfence: --since: git in ");
	assert_said("not a git repository");
	command("git", "init", "-q", "linux", NULL);
	scan();
	assert_refused("strongfence: --since: 'HEAD' names no commit in ");
	commit();
	run("scan", "drivers", KERNEL, "--since", "v0.1", NULL);
	assert_refused("strongfence: --since: 'v0.1' names no commit in ");
	run("scan", "drivers", KERNEL, "--since", "--output=x", NULL);
	assert_refused("strongfence: --since: '--output=x' names no commit in ");
	run("check", "linux/drivers/a/one.c", KERNEL, "--since", "HEAD", NULL);
	assert_refused("unknown option '--since'");
	assert_int_equal(lines_in("runs"), 0);
}

static void without_git(void **state)
{
	static const char *const needed[] = {"make", "ninja", "clang-19", "sh", "rm"};
	char *old = copy(getenv("PATH")), *own;

	(void)state;
	make_repository();
	assert_int_equal(make_directories("bin"), 0);
	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++) {
		char *program = program_path(needed[i]), *name = format("bin/%s", needed[i]);

		assert_non_null(program);
		assert_int_equal(symlink(program, name), 0);
		free(program);
		free(name);
	}
	own = path_real(NULL, "bin");
	setenv("PATH", own, 1);
	scan();
	setenv("PATH", old, 1);
	assert_refused("strongfence: --since: git: No such file or directory; install git\n");
	free(own);
	free(old);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_setup, bed_teardown)
	const struct CMUnitTest tests[] = {
		TEST(nothing_changed),
		TEST(a_source_that_changed),
		TEST(the_rest_of_the_module_is_checked),
		TEST(headers_that_changed),
		TEST(whoever_imports_from_what_changed),
		TEST(whoever_begins_to_import_from_what_changed),
		TEST(what_affected_units_take_from_the_others),
		TEST(files_of_the_build_system),
		TEST(with_a_baseline_and_suppressions),
		TEST(what_git_cannot_say),
		TEST(without_git),
	};

	// Whoever runs this may be a hook of git, and may have settings.
	unsetenv("GIT_DIR");
	unsetenv("GIT_INDEX_FILE");
	unsetenv("GIT_WORK_TREE");
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("GIT_CEILING_DIRECTORIES", "/tmp", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
