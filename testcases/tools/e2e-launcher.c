// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strongfence scan --launcher, end to end, with launchers that lose jobs in the ways in which a cluster's do. What a
// real Slurm does is e2e-slurm.c.

#include "bed.h"

#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

#define KERNEL "--kernel-src", "linux", "--kernel-build", "build"
#define MORE_ONCE "strongfence: what the launcher did not bring back is run once more\n"

static char *expected; // what a scan without a launcher prints

static int scanned_kernel(void **state)
{
	if (bed_setup(state))
		return -1;
	make_kernel("linux");
	run("prepare", KERNEL, NULL);
	run("scan", "drivers", KERNEL, "--state", "here", NULL);
	assert_int_equal(last_run()->status, 1);
	expected = copy(last_run()->out);
	unlink("runs");
	return 0;
}

static int forget(void **state)
{
	free(expected);
	expected = NULL;
	return bed_teardown(state);
}

// A launcher that runs `first` instead of each job's first start.
static char *losing_launcher(const char *first)
{
	char *here = working_directory();
	char *path = path_join(here, "launcher");
	char *text = format("#!/bin/sh\n"
			    "mark=%s/seen-$(echo \"$*\" | cksum | tr ' ' -)\n"
			    "[ -e $mark ] || { >$mark; %s; }\n"
			    "exec \"$@\"\n",
			    here, first);

	put(path, text);
	assert_int_equal(chmod(path, 0755), 0);
	free(text);
	free(here);
	return path;
}

static void scan_loses(const char *first)
{
	char *launcher = losing_launcher(first);

	run("scan", "drivers", KERNEL, "--launcher", launcher, NULL);
	free(launcher);
}

static void a_killed_job_is_run_again(void **state)
{
	(void)state;
	scan_loses("kill -9 $$");
	assert_int_equal(last_run()->status, 1);
	assert_said(MORE_ONCE);
	assert_said("3 units analysed, 2 findings");
	assert_string_equal(last_run()->out, expected);
	assert_int_equal(lines_in("runs"), 3);
}

// srun of Slurm 22.05 exits with 0 when the job's node fails.
static void a_lost_job_that_ends_with_zero_is_run_again(void **state)
{
	(void)state;
	scan_loses("echo 'srun: error: Node failure on node1'; exit 0");
	assert_int_equal(last_run()->status, 1);
	assert_said(MORE_ONCE);
	assert_string_equal(last_run()->out, expected);
}

static void an_old_record_is_not_taken_for_that_of_a_lost_job(void **state)
{
	(void)state;
	run("scan", "drivers", KERNEL, NULL);
	assert_string_equal(last_run()->out, expected);
	usleep(50000);
	put("linux/drivers/a/one.c", "int one, more;\n");
	run("scan", "drivers", KERNEL, "--launcher", "true", NULL);
	assert_refused("strongfence: drivers/a/one.c: the unit program did not finish\n");
	assert_said("2 units analysed, 1 FAILED, 1 finding ");
	assert_null(strstr(last_run()->out, "one.c"));
	// Nor in the next run, which has to do it.
	unlink("runs");
	run("scan", "drivers", KERNEL, NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("3 units analysed, 1 finding ");
	assert_int_equal(lines_in("runs"), 1);
}

static void a_job_that_is_lost_twice_is_reported(void **state)
{
	(void)state;
	put("no-one", "#!/bin/sh\ncase $(cat \"$3\") in\n"
		      "*one.c*) echo 'srun: error: Node failure on node1' >&2; exit 0\nesac\nexec \"$@\"\n");
	assert_int_equal(chmod("no-one", 0755), 0);

	char *launcher = path_real(NULL, "no-one");

	run("scan", "drivers", KERNEL, "--launcher", launcher, NULL);
	assert_refused("strongfence: drivers/a/one.c: srun: error: Node failure on node1\n");
	assert_said(MORE_ONCE);
	assert_said("2 units analysed, 1 FAILED, 1 finding ");
	// What came back is not run again, neither in this run nor in the next.
	assert_int_equal(lines_in("runs"), 2);
	run("scan", "drivers", KERNEL, NULL);
	assert_string_equal(last_run()->out, expected);
	assert_int_equal(lines_in("runs"), 3);
	free(launcher);
}

static void without_a_launcher_nothing_is_run_again(void **state)
{
	(void)state;
	put("linux/drivers/a/one.c", "// fake: die\n");
	run("scan", "drivers", KERNEL, NULL);
	assert_refused("2 units analysed, 1 FAILED");
	assert_null(strstr(last_run()->err, "once more"));
	assert_int_equal(lines_in("runs"), 3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scanned_kernel, forget)
	const struct CMUnitTest tests[] = {
		TEST(a_killed_job_is_run_again),
		TEST(a_lost_job_that_ends_with_zero_is_run_again),
		TEST(an_old_record_is_not_taken_for_that_of_a_lost_job),
		TEST(a_job_that_is_lost_twice_is_reported),
		TEST(without_a_launcher_nothing_is_run_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
