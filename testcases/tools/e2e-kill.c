// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A scan that is killed with SIGKILL, wherever it is, and run again, ends with what one run would have ended with. The
// moments are drawn at random; STRONGFENCE_SEED is the seed, which is printed.

#include "bed.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "files.h"

enum { UNITS = 16, MODULE = 4, ROUNDS = 5, KILLS = 2 };

// Who is killed: the command alone; its process group, in which ninja is and what ninja starts is not; all of them.
enum victims { COMMAND, GROUP, EVERYONE, VICTIMS };

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void sleep_for(double seconds)
{
	struct timespec time = {.tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};

	while (nanosleep(&time, &time) < 0)
		;
}

static int parent_of(int pid)
{
	char *path = format("/proc/%d/stat", pid), *text = file_read(path, NULL), *end = text ? strrchr(text, ')') : NULL;
	int parent = 0;

	if (end)
		sscanf(end, ") %*c %d", &parent);
	free(text);
	free(path);
	return parent;
}

// The test is the subreaper: what has lost its parent is its child.
static void kill_descendants(void)
{
	bool any = true;

	while (any) {
		DIR *processes = opendir("/proc");
		struct dirent *entry;

		any = false;
		assert_non_null(processes);
		while ((entry = readdir(processes))) {
			int pid = atoi(entry->d_name), up = pid;

			while (up > 1 && up != getpid())
				up = parent_of(up);
			if (up != getpid() || pid == getpid())
				continue;
			any = kill(pid, SIGKILL) == 0;
		}
		closedir(processes);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

static void reap_what_is_left(void)
{
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
}

// The command in a process group of its own, killed after so many seconds. Its exit status, -1 when it was killed.
static int run_and_kill(const struct strings *words, double seconds, enum victims victims)
{
	double end = now() + seconds;
	int pid = fork(), status = 0, ended = 0;

	assert_true(pid >= 0);
	if (!pid) {
		setpgid(0, 0);
		if (!freopen("killed.out", "w", stdout) || !freopen("killed.err", "w", stderr))
			_exit(126);
		execv(words->at[0], words->at);
		_exit(126);
	}
	setpgid(pid, pid);
	while (!ended && now() < end) {
		ended = waitpid(pid, &status, WNOHANG);
		if (!ended)
			sleep_for(0.001);
	}
	if (ended)
		return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	if (victims == EVERYONE) {
		kill_descendants();
		return -1;
	}
	kill(victims == GROUP ? -pid : pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return -1;
}

static unsigned seed;

static double moment(double seconds)
{
	return seconds * rand_r(&seed) / RAND_MAX;
}

static void draw_seed(void)
{
	const char *given = getenv("STRONGFENCE_SEED");

	seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);
	print_message("STRONGFENCE_SEED=%u\n", seed);
}

// What a scan leaves behind that somebody reads: not what tells how it went ("scan.log", ninja's own), nor "glances", which
// leaves out what changed just now.
static json_t *what_is_there(const char *state)
{
	static const char *const folders[] = {".", "units", "links"};
	json_t *all = json_object();

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		char *folder = format("%s/%s", state, folders[i]);
		DIR *directory = opendir(folder);
		struct dirent *entry;

		assert_non_null(directory);
		while ((entry = readdir(directory))) {
			char *path = format("%s/%s", folder, entry->d_name), *text;

			if (*entry->d_name != '.' && strcmp(entry->d_name, "scan.log") &&
			    strcmp(entry->d_name, "glances") && !is_directory(path)) {
				text = get(path);
				assert_non_null(text);
				json_object_set_new(all, path + strlen(state), json_string(text));
				free(text);
			}
			free(path);
		}
		closedir(directory);
		free(folder);
	}
	return all;
}

static void assert_same(const json_t *now_there, const json_t *expected)
{
	const char *path;
	json_t *text;

	json_object_foreach((json_t *)(uintptr_t)expected, path, text)
		if (!json_equal(json_object_get(now_there, path), text))
			print_error("%s is another\n", path);
	json_object_foreach((json_t *)(uintptr_t)now_there, path, text)
		if (!json_object_get(expected, path))
			print_error("%s is left over\n", path);
	assert_true(json_equal(now_there, expected));
}

static struct strings scan_words(const char *const *more)
{
	static const char *const words[] = {STRONGFENCE, "scan",     "-p", "compile_commands.json", "--state", "state",
					    "--format",	 "json",     "-j3", "-o",		    "out.json"};
	struct strings made = {0};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		strings_add(&made, words[i]);
	for (; more && *more; more++)
		strings_add(&made, *more);
	return made;
}

static void run_to_the_end(const struct strings *words)
{
	int status = run_and_kill(words, 600, COMMAND);

	if (status != 1) {
		char *said = get("killed.err");

		print_error("%s", said);
		free(said);
	}
	assert_int_equal(status, 1);
}

// out.json is what it was, or what it is to be.
static bool assert_whole_output(const char *result)
{
	char *text = get("out.json");
	bool written = !strcmp(text, result);

	assert_true(written || !strcmp(text, "old\n"));
	free(text);
	return written;
}

// Rounds of kills, each from an empty folder, which end with one run that is let be. How many kills came before the end.
static size_t kill_and_compare(const struct strings *words, int rounds)
{
	size_t before = 0, after = 0;
	double started, seconds;
	json_t *expected;
	char *result;

	draw_seed();
	started = now();
	put("out.json", "old\n");
	run_to_the_end(words);
	seconds = now() - started;
	result = get("out.json");
	assert_true(strlen(result) > 100);
	expected = what_is_there("state");
	for (int i = 0; i < rounds; i++) {
		remove_tree("state");
		for (int j = 0; j < KILLS; j++) {
			put("out.json", "old\n");
			run_and_kill(words, moment(seconds * (j + 1) / KILLS), (enum victims)((i * KILLS + j) % VICTIMS));
			*(assert_whole_output(result) ? &after : &before) += 1;
		}
		run_to_the_end(words);

		char *text = get("out.json");
		json_t *there = what_is_there("state");

		assert_string_equal(text, result);
		assert_same(there, expected);
		json_decref(there);
		free(text);
		reap_what_is_left();
	}
	print_message("%d kills in %.1f s each: %zu before the results were written, %zu after\n", rounds * KILLS, seconds,
		      before, after);
	json_decref(expected);
	free(result);
	return before;
}

// Modules of four units, of which each exports what the next one imports.
static void put_modules(void)
{
	json_t *entries = json_array();
	char *here = working_directory(), *text;

	put("thing.h", "int thing(void);\n");
	for (int i = 0; i < UNITS; i++) {
		char *file = format("unit%02d.c", i);

		text = format("#include \"thing.h\"\nint u%d; // fake: exports e%d %s\nint v; // fake: imports e%d\n%s", i, i,
			      i % 3 ? "bad" : "good", i / MODULE * MODULE + (i + 1) % MODULE,
			      i % 5 ? "" : "int w; // fake: finding RacyAliveCheck low\n");
		put(file, text);
		free(text);
		text = format("-DKBUILD_MODNAME=\"module%d\"", i / MODULE);
		json_array_append_new(entries, json_pack("{s:s, s:s, s:[s, s, s, s, s]}", "directory", here, "file", file,
							 "arguments", "clang", "-DMODULE", text, "-c", file));
		free(text);
		free(file);
	}
	text = json_dumps(entries, 0);
	put("compile_commands.json", text);
	free(text);
	free(here);
	json_decref(entries);
}

static void killed_at_any_moment_it_carries_on(void **state)
{
	struct strings words = scan_words(NULL);

	(void)state;
	put_modules();
	assert_true(kill_and_compare(&words, ROUNDS) > ROUNDS / 2);
	strings_free(&words);
}

// The examples of one rule, each a unit.
static void put_examples(size_t most)
{
	static const char folder[] = EXAMPLES "/UnfencedFileOp";
	DIR *directory = opendir(folder);
	json_t *entries = json_array();
	struct strings names = {0};
	struct dirent *entry;
	char *text;

	assert_non_null(directory);
	while ((entry = readdir(directory)))
		if (!strncmp(entry->d_name, "bad-", 4))
			strings_add(&names, entry->d_name);
	closedir(directory);
	strings_sort(&names);
	for (size_t i = 0; i < names.count && i < most; i++)
		json_array_append_new(entries, json_pack("{s:s, s:s, s:[s, s, s, s, s, s]}", "directory", folder, "file",
							 names.at[i], "arguments", "clang", "-nostdinc", "-I",
							 EXAMPLES "/Inputs/include", "-c", names.at[i]));
	text = json_dumps(entries, 0);
	put("compile_commands.json", text);
	free(text);
	json_decref(entries);
	strings_free(&names);
}

static void the_real_unit_program_too(void **state)
{
	struct strings words;

	(void)state;
	if (!have_real_unit()) {
		print_message("SKIPPED: the unit program was not built\n");
		skip();
	}
	use_real_unit();
	put_examples(12);
	words = scan_words(NULL);
	kill_and_compare(&words, 2);
	strings_free(&words);
}

static void both_engines_too(void **state)
{
	static const char *const more[] = {"--engine", "both", "--rules", "UnfencedFileOp", NULL};
	struct strings words;

	(void)state;
	if (!have_real_unit() || !is_program("/usr/bin/spatch")) {
		print_message("SKIPPED: the unit program was not built, or there is no spatch\n");
		skip();
	}
	use_real_unit();
	run("cocci", "--templates", EXAMPLES "/../cocci", "-o", "patches", NULL);
	assert_int_equal(last_run()->status, 0);
	setenv("STRONGFENCE_COCCI", "patches", 1);
	put_examples(4);
	words = scan_words(more);
	kill_and_compare(&words, 1);
	unsetenv("STRONGFENCE_COCCI");
	strings_free(&words);
}

// As when the machine itself went down.
static void cut(const char *path, size_t percent, const char *rubbish)
{
	size_t length;
	char *text = file_read(path, &length);

	assert_non_null(text);
	length = length * percent / 100;
	text = reallocate(text, length + strlen(rubbish) + 1, 1);
	memcpy(text + length, rubbish, strlen(rubbish));
	assert_int_equal(file_write(path, text, length + strlen(rubbish)), 0);
	free(text);
}

static void ninjas_own_files_cut_short(void **state)
{
	static const struct {
		const char *path;
		size_t percent; // that stays
		const char *rubbish;
	} cuts[] = {
		{"state/.ninja_log", 50, ""},	{"state/.ninja_log", 99, "12\t13"},  {"state/.ninja_deps", 50, ""},
		{"state/.ninja_deps", 97, "x"}, {"state/.ninja_deps", 0, "rubbish"}, {"state/.ninja_log", 0, ""},
		{"state/facts.json", 50, ""},	{"state/commands", 50, ""},
	};
	struct strings words = scan_words(NULL);
	char *result;

	(void)state;
	put_modules();
	run_to_the_end(&words);
	result = get("out.json");
	for (size_t i = 0; i < sizeof(cuts) / sizeof(*cuts); i++) {
		char *text;

		cut(cuts[i].path, cuts[i].percent, cuts[i].rubbish);
		run_to_the_end(&words);
		text = get("out.json");
		if (strcmp(text, result))
			print_error("after %s\n", cuts[i].path);
		assert_string_equal(text, result);
		free(text);
	}
	free(result);
	strings_free(&words);
}

static void wait_for(const char *path)
{
	for (int i = 0; i < 3000 && !file_exists(path); i++)
		sleep_for(0.01);
	assert_true(file_exists(path));
}

// The unit program that survives would write what the old source said over what the new one says.
static void the_next_run_waits_for_what_is_left_running(void **state)
{
	int pid;

	(void)state;
	put("a.c", "// fake: finding RacyAliveCheck low\n// fake: sleep 2\n");
	put("compile_commands.json", "[{\"directory\":\".\",\"file\":\"a.c\",\"command\":\"clang -c a.c\"}]");
	pid = start("scan", "-p", "compile_commands.json", "--state", "state", NULL);
	wait_for("runs");
	kill(pid, SIGKILL);
	finish(pid);
	assert_int_equal(last_run()->status, 128 + SIGKILL);
	put("a.c", "int a; // fake: finding UnfencedFileOp high\n");
	run("scan", "-p", "compile_commands.json", "--state", "state", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("waiting for what a run that was killed has left running");
	assert_said("1 finding (UnfencedFileOp 1)");
	reap_what_is_left();
	run("scan", "-p", "compile_commands.json", "--state", "state", NULL);
	assert_said("1 finding (UnfencedFileOp 1)");
	assert_null(strstr(last_run()->err, "waiting"));
}

static void what_was_half_written_is_removed(void **state)
{
	static const char *const left[] = {"state/units/0123456789abcdef.facts.json.1a2b3c4d.tmp", "state/build.ninja.new",
					   "state/facts.json.00000000.tmp", "state/links/0123456789abcdef.list.new"};

	(void)state;
	for (size_t i = 0; i < sizeof(left) / sizeof(*left); i++)
		put(left[i], "half");
	put("a.c", "int a;\n");
	put("compile_commands.json", "[{\"directory\":\".\",\"file\":\"a.c\",\"command\":\"clang -c a.c\"}]");
	run("scan", "-p", "compile_commands.json", "--state", "state", NULL);
	assert_int_equal(last_run()->status, 0);
	for (size_t i = 0; i < sizeof(left) / sizeof(*left); i++)
		assert_false(file_exists(left[i]));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_setup, bed_teardown)
	const struct CMUnitTest tests[] = {
		TEST(killed_at_any_moment_it_carries_on),
		TEST(the_real_unit_program_too),
		TEST(both_engines_too),
		TEST(ninjas_own_files_cut_short),
		TEST(the_next_run_waits_for_what_is_left_running),
		TEST(what_was_half_written_is_removed),
	};

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
