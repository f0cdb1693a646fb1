// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strongfence scan --launcher on a real Slurm of two nodes, with the launcher that docs/running.md names: the same
// findings as without, whatever happens to jobs and nodes.

#include "bed.h"

#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cluster.h"
#include "files.h"

#define PAGE EXAMPLES "/../docs/running.md"
#define LAUNCHER "srun --quiet --quit-on-interrupt --ntasks=1 --cpus-per-task=1 --mem=2G"
#define MORE_ONCE "strongfence: what the launcher did not bring back is run once more\n"

static const char *const sources[] = {
	"UnfencedFileOp/bad-clk.c",      "UnfencedFileOp/good-clk.c",	   "UnfencedFileOp/bad-mutex-flag.c",
	"UnfencedFileOp/bad-regmap.c",   "RacyAliveCheck/bad-srcu-pointer.c", "RacyAliveCheck/good-srcu-pointer.c",
	"TeardownHang/bad-loop.c",       "TeardownOrder/bad-barrier.c",	   "MmapOutlivesDevice/bad-no-zap.c",
	"OpenBeforeReady/bad-lock.c",
};

enum {
	UNITS = sizeof(sources) / sizeof(*sources),
	JOBS = 2 * UNITS, // the facts of each, then its check
};

static char *expected; // the findings of a scan without a launcher
static char *launcher; // LAUNCHER and a program that notes "JOB NODE" in jobs.txt, takes its time, and runs the unit

static void moment(void)
{
	struct timespec time = {.tv_nsec = 20000000};

	nanosleep(&time, NULL);
}

static void write_database(void)
{
	char *text = copy("[");

	for (size_t i = 0; i < UNITS; i++) {
		char *longer = format("%s%s{\"directory\": \"%s\", \"file\": \"%s\", \"command\": \"gcc -nostdinc "
				      "-IInputs/include -c %s\"}%s",
				      text, i ? ",\n" : "", EXAMPLES, sources[i], sources[i],
				      i + 1 < UNITS ? "" : "]\n");

		free(text);
		text = longer;
	}
	put("compile_commands.json", text);
	free(text);
}

static char *findings(void)
{
	char *text = get("findings.jsonl");

	assert_non_null(text);
	unlink("findings.jsonl");
	return text;
}

static int setup(void **state)
{
	char *here, *text;

	if (bed_setup(state))
		return -1;
	use_real_unit();
	cluster_mend();
	here = working_directory();
	write_database();
	text = format("#!/bin/sh\n"
		      "echo $SLURM_JOB_ID $SLURMD_NODENAME >>%s/jobs.txt\n"
		      "sleep ${PAUSE:-0}\n"
		      "exec \"$@\"\n",
		      here);
	put("noting", text);
	assert_int_equal(chmod("noting", 0755), 0);
	launcher = format(LAUNCHER " %s/noting", here);
	run("scan", "-p", ".", "--all", "--alpha", "--state", "here", "--format", "json", "-o", "findings.jsonl", NULL);
	assert_int_equal(last_run()->status, 1);
	expected = findings();
	assert_true(lines_in("jobs.txt") == 0);
	free(text);
	free(here);
	return 0;
}

static int teardown(void **state)
{
	free(expected);
	free(launcher);
	expected = launcher = NULL;
	unsetenv("PAUSE");
	return bed_teardown(state);
}

#define SCAN                                                                                                           \
	"scan", "-p", ".", "--all", "--alpha", "--format", "json", "-o", "findings.jsonl", "-j8", "--launcher", launcher

// The last scan brought what a scan without a launcher brings, byte for byte.
static void assert_as_expected(void)
{
	char *found;

	if (last_run()->status != 1)
		print_error("stderr was: %s\n", last_run()->err);
	assert_int_equal(last_run()->status, 1);
	found = findings();
	assert_string_equal(found, expected);
	free(found);
}

// Waits for a job that was noted on that node (0: on any) after the first `seen`: its id.
static long wait_for_job(int node, size_t seen)
{
	for (int i = 0; i < 1000; i++) {
		char *text = get("jobs.txt");
		size_t line = 0;

		for (const char *at = text; at && strchr(at, '\n'); at = strchr(at, '\n') + 1) {
			long id;
			int on;

			if (line++ < seen || sscanf(at, "%ld node%d", &id, &on) != 2 || (node && on != node))
				continue;
			free(text);
			return id;
		}
		free(text);
		moment();
	}
	fail_msg("no job was started on node %d", node);
	return 0;
}

static bool used(int node)
{
	char *text = get("jobs.txt"), *name = format(" node%d\n", node);
	bool found = text && strstr(text, name);

	free(name);
	free(text);
	return found;
}

static void cancel(long job)
{
	char *id = format("%ld", job);

	free(cluster_ask("scancel", id, NULL));
	free(id);
}

static void the_findings_are_those_of_a_local_scan(void **state)
{
	(void)state;
	setenv("PAUSE", "0.3", 1);
	run(SCAN, NULL);
	assert_as_expected();
	assert_null(strstr(last_run()->err, "once more"));
	assert_int_equal(lines_in("jobs.txt"), JOBS);
	assert_true(used(1) && used(2));
	// Nothing changed: no job.
	run(SCAN, NULL);
	assert_as_expected();
	assert_int_equal(lines_in("jobs.txt"), JOBS);
}

static void cancelled_after(size_t seen)
{
	int pid;

	setenv("PAUSE", "0.6", 1);
	pid = start(SCAN, NULL);
	cancel(wait_for_job(0, seen));
	finish(pid);
	assert_as_expected();
	assert_said(MORE_ONCE);
	assert_int_equal(lines_in("jobs.txt"), JOBS + 1);
}

static void a_cancelled_job_is_run_again(void **state)
{
	(void)state;
	cancelled_after(0);
}

static void a_cancelled_check_is_run_again(void **state)
{
	(void)state;
	cancelled_after(UNITS);
}

static void a_unit_whose_jobs_are_cancelled_twice_is_reported(void **state)
{
	int pid;

	(void)state;
	setenv("PAUSE", "0.6", 1);
	pid = start(SCAN, NULL);
	cancel(wait_for_job(0, 0));
	cancel(wait_for_job(0, UNITS));
	finish(pid);
	assert_int_equal(last_run()->status, 2);
	assert_said("CANCELLED");
	assert_said("9 units analysed, 1 FAILED");
	// The same command carries on: the facts and the check of that unit.
	setenv("PAUSE", "0", 1);
	run(SCAN, NULL);
	assert_as_expected();
	assert_int_equal(lines_in("jobs.txt"), JOBS + 2);
}

static void a_node_that_fails_loses_nothing(void **state)
{
	int pid;

	(void)state;
	setenv("PAUSE", "0.6", 1);
	pid = start(SCAN, NULL);
	wait_for_job(2, 0);
	cluster_lose(2);
	finish(pid);
	assert_as_expected();
	assert_said(MORE_ONCE);
	assert_true(lines_in("jobs.txt") > JOBS);
}

static void a_node_that_is_down_from_the_start_is_not_waited_for(void **state)
{
	(void)state;
	cluster_lose(2);
	run(SCAN, NULL);
	assert_as_expected();
	assert_int_equal(lines_in("jobs.txt"), JOBS);
	assert_true(used(1) && !used(2));
}

static void a_daemon_that_is_started_anew_loses_nothing(void **state)
{
	int pid;

	(void)state;
	setenv("PAUSE", "0.6", 1);
	pid = start(SCAN, NULL);
	wait_for_job(2, 0);
	cluster_restart(2);
	finish(pid);
	assert_as_expected();
}

static void an_interrupted_scan_leaves_no_job_and_carries_on(void **state)
{
	char *jobs;
	int pid;

	(void)state;
	setenv("PAUSE", "30", 1);
	pid = start(SCAN, NULL);
	wait_for_job(0, 0);
	kill(pid, SIGINT);
	finish(pid);
	assert_int_equal(last_run()->status, 2);
	assert_said("strongfence: interrupted after ");
	cluster_mend();
	jobs = cluster_ask("squeue", "-h", NULL);
	assert_string_equal(jobs, "");
	free(jobs);
	setenv("PAUSE", "0", 1);
	run(SCAN, NULL);
	assert_as_expected();
}

static void findings_of_steps_are_the_same(void **state)
{
	char *step = format("srun --quiet --quit-on-interrupt --exact --nodes=1 --ntasks=1 --cpus-per-task=1 --mem=2G%s",
			    strstr(launcher, " /"));
	char *page = get(PAGE), *found, *said;

	(void)state;
	// They are the page's.
	assert_non_null(strstr(page, "\"" LAUNCHER "\""));
	assert_non_null(strstr(page, "\"srun --quiet --quit-on-interrupt --exact --nodes=1 --ntasks=1 "
				     "--cpus-per-task=1 --mem=2G\""));
	said = cluster_ask("salloc", "--ntasks=8", "--cpus-per-task=1", "--mem-per-cpu=2G", STRONGFENCE, "scan", "-p", ".",
			   "--all", "--alpha", "--format", "json", "-o", "findings.jsonl", "-j8", "--launcher", step, NULL);
	if (!strstr(said, "10 units analysed, 8 findings"))
		print_error("salloc said: %s\n", said);
	found = findings();
	assert_string_equal(found, expected);
	assert_int_equal(lines_in("jobs.txt"), JOBS);
	assert_true(used(1) && used(2));
	free(found);
	free(said);
	free(page);
	free(step);
}

static int group_setup(void **state)
{
	(void)state;
	return cluster_start();
}

static int group_teardown(void **state)
{
	(void)state;
	cluster_stop();
	return 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_findings_are_those_of_a_local_scan),
		TEST(a_cancelled_job_is_run_again),
		TEST(a_cancelled_check_is_run_again),
		TEST(a_unit_whose_jobs_are_cancelled_twice_is_reported),
		TEST(a_node_that_fails_loses_nothing),
		TEST(a_node_that_is_down_from_the_start_is_not_waited_for),
		TEST(a_daemon_that_is_started_anew_loses_nothing),
		TEST(an_interrupted_scan_leaves_no_job_and_carries_on),
		TEST(findings_of_steps_are_the_same),
	};
	const char *missing = cluster_missing();

	if (missing || !have_real_unit()) {
		printf("SKIPPED: %s is not there\n", missing ? missing : REAL_UNIT);
		return 77;
	}
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
