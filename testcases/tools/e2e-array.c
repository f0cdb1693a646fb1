// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The array job of docs/running.md, many trees and architectures, on a real Slurm. Its scripts are the page's.

#include "bed.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cluster.h"
#include "files.h"

#define PAGE EXAMPLES "/../docs/running.md"
#define INCLUDE EXAMPLES "/Inputs/include"

static const struct timespec moment = {.tv_nsec = 20000000};

// The block of the page that has <!-- NAME --> before it, as a file of that name.
static void take_from_page(const char *name)
{
	char *page = get(PAGE), *mark = format("<!-- %s -->\n```sh\n", name), *at = strstr(page, mark), *end;

	assert_non_null(at);
	at += strlen(mark);
	end = strstr(at, "```\n");
	assert_non_null(end);
	*end = '\0';
	put(name, at);
	free(mark);
	free(page);
}

// A tree in which one source has a finding, and another an error on the architectures that have none.
static void make_tree(const char *path, const char *example, const char *condition)
{
	char *whole = path_join(EXAMPLES, example), *text = get(whole), *source;
	char *makefile = path_join(path, "Makefile"), *old, *arch, *more;

	make_kernel(path);
	old = get(makefile);
	arch = strstr(old, "Linux/x86 ");
	assert_non_null(arch);
	*arch = '\0';
	more = format("%sLinux/$(ARCH) %ssound/: sound/four.o\nmodules_prepare: slow\nslow:\n\ttest -z \"$$SLURM_JOB_ID\" || sleep 1.5\n.PHONY: sound/ slow\n", old,
		      arch + strlen("Linux/x86 "));
	put(makefile, more);
	free(more);
	source = format("%s/drivers/b/three.c", path);
	more = format("struct pci_driver;\n#if !(%s)\n#error not for this machine\n#endif\n", condition);
	put(source, more);
	free(more);
	free(source);
	source = format("%s/sound/four.c", path);
	put(source, "int four;\n");
	free(source);
	source = format("%s/drivers/a/Makefile", path);
	put(source, "more = -nostdinc -I" INCLUDE " -DARCH_$(ARCH)\nb += sound/four.o\n");
	free(source);
	free(whole);
	whole = format("#if %s\n%s\n#endif\n", condition, text);
	source = format("%s/drivers/a/one.c", path);
	put(source, whole);
	free(source);
	free(whole);
	free(old);
	free(makefile);
	free(text);
}

// What join-trees is to make of a scan, from one that ran here.
static char *joined(const char *name, const char *src, const char *arch, size_t count)
{
	char *build = format("here-%s", name), *all = copy(""), *text;
	size_t lines = 0;

	run("prepare", "--kernel-src", src, "--kernel-build", build, "--arch", arch, "--config", "defconfig", NULL);
	assert_int_equal(last_run()->status, 0);
	run("scan", "--kernel-src", src, "--kernel-build", build, "--format", "json", "-o", "findings.jsonl", NULL);
	if (last_run()->status != (count ? 1 : 2))
		print_error("stderr was: %s\n", last_run()->err);
	assert_int_equal(last_run()->status, count ? 1 : 2);
	text = get("findings.jsonl");
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"), lines++) {
		char *longer = format("%s{\"scan\": \"%s\", %s\n", all, name, line + 1);

		free(all);
		all = longer;
	}
	assert_int_equal(lines, count);
	free(text);
	free(build);
	return all;
}

// Slurm lets a job that lost its node wait for two minutes.
static void start_requeued(char *ids)
{
	for (char *id = strtok(ids, "\n"); id; id = strtok(NULL, "\n")) {
		char *state = NULL;

		for (int i = 0; i < 500 && (!state || strcmp(state, "PENDING")); i++) {
			free(state);
			nanosleep(&moment, NULL);
			state = cluster_ask("squeue", "-h", "-j", id, "-o", "%T", NULL);
		}
		assert_string_equal(state, "PENDING");
		free(state);
		state = format("JobId=%s", id);
		free(cluster_ask("scontrol", "update", state, "StartTime=now", NULL));
		free(state);
	}
}

// The array job loses a node, a unit of one scan fails, and another scan has no tree.
static void many_trees_as_an_array_job(void **state)
{
	char *path = getenv("PATH"), *folder = path_parent(STRONGFENCE), *with = format("%s:%s", folder, path);
	char *parts[4], *all, *said = NULL, *on_two = NULL;
	int pid;

	(void)state;
	path = copy(path);
	setenv("PATH", with, 1);
	take_from_page("scan-trees");
	take_from_page("join-trees");
	make_tree("linux-a", "UnfencedFileOp/bad-clk.c", "1");
	make_tree("linux-b", "UnfencedFileOp/bad-regmap.c", "ARCH_arm64");
	put("scans", "a-x86_64 linux-a x86_64 defconfig\na-arm64  linux-a arm64  defconfig\n"
		     "b-x86_64 linux-b x86_64 defconfig\nb-arm64  linux-b arm64  defconfig\n"
		     "c-x86_64 linux-c x86_64 defconfig\n");
	parts[0] = joined("a-x86_64", "linux-a", "x86_64", 1);
	parts[1] = joined("a-arm64", "linux-a", "arm64", 1);
	parts[2] = joined("b-x86_64", "linux-b", "x86_64", 0);
	parts[3] = joined("b-arm64", "linux-b", "arm64", 1);
	all = format("%s%s%s%s", parts[0], parts[1], parts[2], parts[3]);

	pid = fork();
	if (pid == 0) {
		execlp("sbatch", "sbatch", "--quiet", "--wait", "--cpus-per-task=2", "--mem=2G", "--array=1-5", "scan-trees",
		       NULL);
		_exit(126);
	}
	for (int i = 0; i < 500 && (!on_two || !*on_two); i++) {
		free(on_two);
		nanosleep(&moment, NULL);
		on_two = cluster_ask("squeue", "-h", "-t", "R", "-w", "node2", "-o", "%A", NULL);
	}
	assert_true(*on_two);
	cluster_lose(2);
	start_requeued(on_two);
	finish(pid);
	assert_int_equal(last_run()->status, 2);
	said = cluster_ask("sh", "-c", "bash join-trees; echo $?", NULL);
	assert_string_equal(said, "b-x86_64: some of it could not be analysed\nc-x86_64: was not scanned\n2");
	free(said);
	said = get("all.findings");
	assert_string_equal(said, all);

	setenv("PATH", path, 1);
	free(said);
	free(on_two);
	free(all);
	for (size_t i = 0; i < 4; i++)
		free(parts[i]);
	free(folder);
	free(with);
	free(path);
}

static int setup(void **state)
{
	if (bed_setup(state) || cluster_start())
		return -1;
	use_real_unit();
	return 0;
}

static int teardown(void **state)
{
	cluster_stop();
	return bed_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(many_trees_as_an_array_job, setup, teardown),
	};
	const char *missing = cluster_missing();

	if (missing || !have_real_unit()) {
		printf("SKIPPED: %s is not there\n", missing ? missing : REAL_UNIT);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
