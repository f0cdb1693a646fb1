// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strongfence hook in real repositories, with the real unit program, git and the pre-commit package.

#include "bed.h"

#include <jansson.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "process.h"

#define FENCED EXAMPLES "/UnfencedFileOp/good-cdev-add.c"
#define UNFENCED EXAMPLES "/UnfencedFileOp/bad-cdev-add.c"
#define INCLUDE EXAMPLES "/Inputs/include"
#define MANIFEST EXAMPLES "/../.pre-commit-hooks.yaml"

static const char warning[] = ": warning: 'switch_dev_write' accesses registers through 'regs' that devres unmaps "
			      "after 'switch_dev_remove', and no fence excludes the two [teardown.UnfencedFileOp] "
			      "(high)\n";

static char *fenced, *unfenced; // the twins
static char *last_words;	// what the last program printed

static void keep_line(void *context, char *line)
{
	char **text = context, *longer = format("%s%s\n", *text, line);

	free(*text);
	*text = longer;
}

// Its exit status; last_words is what it printed on both streams. The list ends with NULL.
static int call(const char *first, ...)
{
	struct strings words = {0};
	struct process process = {.words = &words, .line = keep_line, .context = &last_words, .join_errors = true};
	va_list args;
	int status;

	free(last_words);
	last_words = copy("");
	va_start(args, first);
	for (const char *word = first; word; word = va_arg(args, const char *))
		strings_add(&words, word);
	va_end(args);
	status = process_run(&process, NULL);
	strings_free(&words);
	return status;
}

#define git(...)                                                                                   \
	do {                                                                                       \
		if (call("git", __VA_ARGS__, NULL))                                                \
			fail_msg("git: %s", last_words);                                           \
	} while (0)

static bool printed(const char *text)
{
	bool found = strstr(last_words, text);

	if (!found)
		print_error("it printed: %s\n", last_words);
	return found;
}

// The commands of a build of these, up to NULL.
static void put_commands(const char *first, ...)
{
	json_t *all = json_array();
	char *text;
	va_list args;

	va_start(args, first);
	for (const char *name = first; name; name = va_arg(args, const char *))
		json_array_append_new(all, json_pack("{s:s, s:s, s:[s, s, s, s, s, s]}", "directory", ".", "file", name,
						     "arguments", "gcc", "-nostdinc", "-I", INCLUDE, "-c", name));
	va_end(args);
	text = json_dumps(all, 0);
	put("compile_commands.json", text);
	free(text);
	json_decref(all);
}

static int hook_setup(void **state)
{
	int result = bed_setup(state);
	char *home = working_directory(), *search = path_parent(STRONGFENCE);

	use_real_unit();
	fenced = get(FENCED);
	unfenced = get(UNFENCED);
	last_words = copy("");
	// Of whoever runs the test nothing is taken.
	static const char *const foreign[] = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_CONFIG_GLOBAL",
					      "XDG_CONFIG_HOME"};

	for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++)
		unsetenv(foreign[i]);
	setenv("HOME", home, 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	char *path = format("%s:%s", search, getenv("PATH"));

	setenv("PATH", path, 1);
	git("config", "--global", "user.name", "A");
	git("config", "--global", "user.email", "a@localhost");
	git("config", "--global", "init.defaultBranch", "main");
	git("config", "--global", "advice.detachedHead", "false");
	git("init", "-q", "tree");
	assert_int_equal(chdir("tree"), 0);
	put(".git/info/exclude", "/compile_commands.json\nout.txt\nerr.txt\n");
	put_commands("drivers/a.c", "drivers/b.c", "lib/c.c", NULL);
	free(path);
	free(search);
	free(home);
	return result;
}

static int hook_teardown(void **state)
{
	free(fenced);
	free(unfenced);
	free(last_words);
	return bed_teardown(state);
}

static void commit(const char *path, const char *text)
{
	put(path, text);
	git("add", "-f", "--", path);
	git("commit", "-q", "--no-verify", "-m", path);
}

static void stage(const char *path, const char *text)
{
	put(path, text);
	git("add", "-f", "--", path);
}

static char *with_lines_above(const char *text)
{
	return format("// Another line.\n\n%s", text);
}

static void bad_is_staged_and_good_in_the_work_tree(void **state)
{
	(void)state;
	commit("drivers/a.c", fenced);
	stage("drivers/a.c", unfenced);
	put("drivers/a.c", fenced);
	run("hook", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_non_null(strstr(last_run()->out, "drivers/a.c:53:2"));
	assert_non_null(strstr(last_run()->out, warning));
	assert_said("strongfence: 1 new finding, 0 already in HEAD, ");
	assert_said("git commit --no-verify");
	assert_lines_are_ours(last_run()->err);
	assert_false(file_exists(".strongfence"));
}

static void good_is_staged_and_bad_in_the_work_tree(void **state)
{
	(void)state;
	commit("drivers/a.c", unfenced);
	stage("drivers/a.c", fenced);
	put("drivers/a.c", unfenced);
	run("hook", "--strict", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_string_equal(last_run()->out, "");
	assert_said("strongfence: 0 new findings, 0 already in HEAD, ");
}

static void what_head_has_is_counted_alone(void **state)
{
	char *moved = with_lines_above(unfenced);

	(void)state;
	commit("drivers/a.c", unfenced);
	stage("drivers/a.c", moved);
	run("hook", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_string_equal(last_run()->out, "");
	assert_said("strongfence: 0 new findings, 1 already in HEAD, ");
	stage("drivers/b.c", unfenced);
	run("hook", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_non_null(strstr(last_run()->out, "drivers/b.c:53:2"));
	assert_null(strstr(last_run()->out, "drivers/a.c"));
	assert_said("strongfence: 1 new finding, 1 already in HEAD, ");
	free(moved);
}

static void nothing_of_interest_is_staged(void **state)
{
	(void)state;
	run("hook", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_string_equal(last_run()->err, "");
	commit("drivers/a.c", unfenced);
	stage("README", "text\n");
	git("rm", "-q", "--cached", "drivers/a.c");
	run("hook", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_string_equal(last_run()->err, "");
}

static void first_commit_of_all(void **state)
{
	(void)state;
	stage("drivers/a.c", unfenced);
	run("hook", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("1 new finding, 0 already in HEAD");
}

static void renamed_file_keeps_its_findings(void **state)
{
	(void)state;
	commit("drivers/a.c", unfenced);
	git("mv", "drivers/a.c", "drivers/b.c");
	run("hook", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("0 new findings, 1 already in HEAD");
	// To another folder, with what it includes from its own.
	char *including = format("#include \"own.h\"\n%s", unfenced);

	git("reset", "-q", "--hard");
	put("drivers/own.h", "#define OWN 1\n");
	git("add", ".");
	commit("drivers/a.c", including);
	assert_int_equal(mkdir("lib", 0777), 0);
	git("mv", "drivers/a.c", "lib/c.c");
	git("mv", "drivers/own.h", "lib/own.h");
	run("hook", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("0 new findings, 1 already in HEAD");
	free(including);
}

static void renamed_file_gets_a_finding(void **state)
{
	(void)state;
	commit("drivers/a.c", fenced);
	git("mv", "drivers/a.c", "drivers/b.c");
	stage("drivers/b.c", unfenced);
	run("hook", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_non_null(strstr(last_run()->out, "drivers/b.c:53:2"));
	assert_said("1 new finding, 0 already in HEAD");
}

static void unparsable_source_is_skipped_with_a_word(void **state)
{
	(void)state;
	stage("drivers/a.c", "int f( {\n");
	put("drivers/a.c", fenced);
	run("hook", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("strongfence: drivers/a.c: not checked: parse-error: ");
	assert_said("0 new findings, 0 already in HEAD, 1 of 1 staged sources NOT CHECKED, ");
	run("hook", "--strict", NULL);
	assert_int_equal(last_run()->status, 2);
	stage("drivers/b.c", unfenced);
	run("hook", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("1 new finding, 0 already in HEAD, 1 of 2 staged sources NOT CHECKED, ");
}

static void unparsable_source_in_head(void **state)
{
	(void)state;
	commit("drivers/a.c", "int f( {\n");
	stage("drivers/a.c", unfenced);
	run("hook", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_string_equal(last_run()->out, "");
	assert_said("drivers/a.c: not checked: 1 finding, and which are new is not known: what HEAD has of it "
		    "cannot be checked: parse-error: ");
	run("hook", "--strict", NULL);
	assert_int_equal(last_run()->status, 2);
	// Nothing to compare.
	stage("drivers/a.c", fenced);
	run("hook", "--strict", NULL);
	assert_int_equal(last_run()->status, 0);
}

// The twins with the test of `alive` in a header.
static void header_is_taken_as_it_is_staged(void **state)
{
	static const char test[] = "!switch_dev->alive";
	char *at = strstr(fenced, test);
	char *source = format("#include \"alive.h\"\n%.*s!ALIVE(switch_dev)%s", (int)(at - fenced), fenced,
			      at + strlen(test));
	char *longer = format("%s\n// end\n", source);

	(void)state;
	put("drivers/alive.h", "#define ALIVE(d) ((d)->alive)\n");
	git("add", ".");
	commit("drivers/a.c", source);
	run("check", "-p", ".", "drivers/a.c", NULL);
	assert_int_equal(last_run()->status, 0);
	stage("drivers/alive.h", "#define ALIVE(d) 1\n");
	put("drivers/alive.h", "#define ALIVE(d) ((d)->alive)\n");
	run("hook", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_string_equal(last_run()->err,
			    "strongfence: 1 staged header: of what includes it only staged sources are checked\n");
	stage("drivers/a.c", longer);
	run("hook", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("1 new finding, 0 already in HEAD");
	// And the other way round.
	git("commit", "-q", "--no-verify", "-m", "bad");
	stage("drivers/a.c", source);
	put("drivers/alive.h", "#define ALIVE(d) ((d)->alive)\n");
	run("hook", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("0 new findings, 1 already in HEAD");
	free(longer);
	free(source);
}

static void file_that_the_work_tree_does_not_have(void **state)
{
	(void)state;
	commit("drivers/b.c", fenced);
	stage("drivers/a.c", unfenced);
	stage("lib/c.c", unfenced);
	assert_int_equal(unlink("drivers/a.c"), 0);
	remove_tree("lib");
	run("hook", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_non_null(strstr(last_run()->out, "drivers/a.c:53:2"));
	assert_non_null(strstr(last_run()->out, "lib/c.c:53:2"));
	assert_said("2 new findings, 0 already in HEAD, ");
}

static void strange_file_names(void **state)
{
	static const char *const names[] = {"a b.c", "it's \"q\".c", "$HOME $x.c", "new\nline.c", "back\\slash.c",
					    "-dash.c", "@at.c", "sp:ace=#,.c", "caf\xc3\xa9.c", "tab\t.c"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		put_commands(names[i], NULL);
		stage(names[i], unfenced);
		put(names[i], fenced);
		run("hook", NULL);
		if (last_run()->status != 1)
			print_error("%s: %s\n", names[i], last_run()->err);
		assert_int_equal(last_run()->status, 1);
		assert_said("1 new finding, 0 already in HEAD, ");
		git("rm", "-q", "-f", "--", names[i]);
	}
}

static void a_name_that_is_not_utf8_is_skipped_with_a_word(void **state)
{
	(void)state;
	stage("x\xff.c", unfenced);
	stage("drivers/a.c", unfenced);
	run("hook", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said(".c: not checked: its name is not UTF-8");
	assert_said("1 new finding, 0 already in HEAD, 1 of 2 staged sources NOT CHECKED, ");
}

static void what_is_not_built_is_skipped_with_a_word(void **state)
{
	(void)state;
	stage("tools/host.c", unfenced);
	stage("drivers/a.c", fenced);
	run("hook", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("compile_commands.json has no command for a C source there");
	assert_said("0 new findings, 0 already in HEAD, 1 of 2 staged sources NOT CHECKED, ");
	assert_int_equal(unlink("compile_commands.json"), 0);
	run("hook", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("strongfence: no kernel build is known: name it with 'git config strongfence.build DIR'");
	assert_said("strongfence: nothing was checked, and the commit is not held up\n");
	run("hook", "--strict", NULL);
	assert_refused("nothing was checked");
	git("config", "strongfence.build", "nowhere");
	run("hook", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("nowhere: not a kernel's build directory");
	assert_said("nothing was checked, and the commit is not held up\n");
}

static void without_a_unit_program_nothing_is_held_up(void **state)
{
	(void)state;
	stage("drivers/a.c", unfenced);
	setenv("STRONGFENCE_UNIT", "/nowhere/unit", 1);
	run("hook", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("/nowhere/unit (from STRONGFENCE_UNIT): no such program");
	assert_said("nothing was checked, and the commit is not held up\n");
}

static void copy_in(const char *from, const char *to)
{
	char *text = get(from);

	assert_non_null(text);
	put(to, text);
	free(text);
}

// A lock helper of the other file of the module, which a scan has read.
static void what_the_last_scan_knows_is_used(void **state)
{
	static const char *const names[] = {"get.c", "core.c", "sens.h"};
	json_t *all = json_array();
	char *text, *wrong;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *from = format(EXAMPLES "/facts/Inputs/fence/%s", names[i]);

		copy_in(from, names[i]);
		free(from);
		if (i < 2)
			json_array_append_new(
				all, json_pack("{s:s, s:s, s:[s, s, s, s, s, s, s, s, s]}", "directory", ".", "file",
					       names[i], "arguments", "gcc", "-nostdinc", "-I", INCLUDE, "-DMODULE",
					       "-DKBUILD_MODNAME=\"two\"", "-DKBUILD_BASENAME=\"x\"", "-c",
					       names[i]));
	}
	text = json_dumps(all, 0);
	put("compile_commands.json", text);
	free(text);
	json_decref(all);
	put(".git/info/exclude", "*.txt\n*.json\n.strongfence\n");
	git("add", ".");
	git("commit", "-q", "-m", "two");
	text = get("get.c");
	wrong = format("#define BAD\n%s", text);
	stage("get.c", wrong);
	run("hook", "--strict", NULL);
	assert_int_equal(last_run()->status, 0); // by itself it shows nothing
	git("stash", "-q");
	run("scan", "-p", ".", "--all", NULL);
	assert_int_equal(last_run()->status, 0);
	git("stash", "pop", "-q", "--index");
	run("hook", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_non_null(strstr(last_run()->out, "get.c:"));
	assert_said("1 new finding, 0 already in HEAD, ");
	free(wrong);
	free(text);
}

static void outside_a_repository(void **state)
{
	(void)state;
	assert_int_equal(chdir(".."), 0);
	run("hook", "--strict", NULL);
	assert_refused("not a git repository");
	run("hook", "--install", NULL);
	assert_refused("not a git repository");
}

static void files_may_be_named(void **state)
{
	char *moved = with_lines_above(fenced);

	(void)state;
	commit("lib/c.c", fenced);
	stage("drivers/a.c", unfenced);
	stage("drivers/b.c", moved);
	run("hook", "drivers/b.c", "lib/c.c", "/etc/passwd", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("strongfence: 1 of the files named is not staged: nothing to check there");
	assert_said("/etc/passwd: not in the repository");
	assert_said("0 new findings");
	// From elsewhere, by the names there.
	assert_int_equal(chdir("drivers"), 0);
	run("hook", "a.c", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_non_null(strstr(last_run()->out, "drivers/a.c:53:2"));
	run("hook", "b.c", "../lib/c.c", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_int_equal(chdir(".."), 0);
	free(moved);
}

static void merge_is_checked_where_it_is_neither_side(void **state)
{
	char *ours = format("// ours\n%s", fenced), *theirs = format("// theirs\n%s", fenced);
	char *wrong = format("// both\n%s", unfenced), *right = format("// both\n%s", fenced);

	(void)state;
	commit("drivers/a.c", fenced);
	git("checkout", "-q", "-b", "side");
	commit("drivers/b.c", unfenced);
	commit("drivers/a.c", theirs);
	git("checkout", "-q", "main");
	commit("drivers/a.c", ours);
	assert_int_equal(call("git", "merge", "-q", "side", NULL), 1);
	run("hook", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("drivers/a.c: not checked: it is not merged");
	stage("drivers/a.c", wrong);
	run("hook", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("1 new finding, 0 already in HEAD, "); // not that of b.c, which side has
	assert_null(strstr(last_run()->out, "drivers/b.c"));
	assert_said("strongfence: 1 staged source is as a side of the merge has it: not checked\n");
	stage("drivers/a.c", right);
	run("hook", "--strict", NULL);
	assert_int_equal(last_run()->status, 0);
	// One side has the finding: it is known.
	stage("drivers/a.c", wrong);
	git("commit", "-q", "--no-verify", "-m", "merged");
	git("checkout", "-q", "-b", "again", "side");
	commit("drivers/a.c", "// again\n");
	assert_int_equal(call("git", "merge", "-q", "main", NULL), 1);
	stage("drivers/a.c", unfenced);
	run("hook", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("0 new findings, 1 already in HEAD");
	free(right);
	free(wrong);
	free(theirs);
	free(ours);
}

static void a_commit_is_really_held_up(void **state)
{
	struct stat info;

	(void)state;
	commit("drivers/a.c", fenced);
	run("hook", "--install", "-p", ".", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("/.git/hooks/pre-commit: written\n");
	assert_said("strongfence: git config strongfence.database /");
	assert_int_equal(stat(".git/hooks/pre-commit", &info), 0);
	assert_true(info.st_mode & S_IXUSR);
	run("hook", "--install", NULL); // again: it is ours
	assert_int_equal(last_run()->status, 0);
	stage("drivers/a.c", unfenced);
	put("drivers/a.c", fenced);
	assert_int_equal(call("git", "commit", "-m", "bad", NULL), 1);
	assert_true(printed("drivers/a.c:53:2"));
	assert_true(printed("strongfence: 1 new finding, 0 already in HEAD, "));
	git("commit", "--no-verify", "-m", "bad");
	git("commit", "-a", "-m", "good");
	assert_true(printed("strongfence: 0 new findings, "));
	run("hook", "--uninstall", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_false(file_exists(".git/hooks/pre-commit"));
	assert_int_equal(call("git", "config", "strongfence.database", NULL), 1);
	stage("drivers/a.c", unfenced);
	git("commit", "-q", "-m", "bad");
	run("hook", "--uninstall", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("pre-commit: there is none\n");
}

// git gives these an index of their own.
static void commit_of_all_and_commit_of_one_file(void **state)
{
	(void)state;
	commit("drivers/a.c", fenced);
	commit("drivers/b.c", fenced);
	run("hook", "--install", NULL);
	put("drivers/a.c", unfenced);
	assert_int_equal(call("git", "commit", "-a", "-m", "all", NULL), 1);
	assert_true(printed("drivers/a.c:53:2"));
	assert_int_equal(call("git", "commit", "-m", "one", "drivers/a.c", NULL), 1);
	assert_true(printed("drivers/a.c:53:2"));
	// What is staged besides is not of this commit.
	git("add", "drivers/a.c");
	char *moved = with_lines_above(fenced);

	put("drivers/b.c", moved);
	git("commit", "-m", "one", "drivers/b.c");
	assert_true(printed("strongfence: 0 new findings, 0 already in HEAD, "));
	assert_int_equal(chdir("drivers"), 0);
	assert_int_equal(call("git", "commit", "-m", "one", "a.c", NULL), 1);
	assert_true(printed("drivers/a.c:53:2"));
	assert_int_equal(chdir(".."), 0);
	free(moved);
}

static void a_hook_of_another_hand_stays(void **state)
{
	char *after;

	(void)state;
	put(".git/hooks/pre-commit", "#!/bin/sh\nexit 0\n");
	run("hook", "--install", NULL);
	assert_refused("/.git/hooks/pre-commit: there is a hook of another hand; add this line to it: '/");
	assert_said("/strongfence' hook || exit 1\n");
	run("hook", "--uninstall", NULL);
	assert_refused("it is of another hand and stays as it is");
	after = get(".git/hooks/pre-commit");
	assert_string_equal(after, "#!/bin/sh\nexit 0\n");
	free(after);
}

static void hooks_may_be_elsewhere(void **state)
{
	(void)state;
	commit("drivers/a.c", fenced);
	git("config", "core.hooksPath", "my hooks");
	assert_int_equal(chdir("drivers"), 0);
	run("hook", "--install", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_int_equal(chdir(".."), 0);
	assert_true(file_exists("my hooks/pre-commit"));
	assert_false(file_exists(".git/hooks/pre-commit"));
	stage("drivers/a.c", unfenced);
	assert_int_equal(call("git", "commit", "-m", "bad", NULL), 1);
	assert_true(printed("1 new finding"));
	run("hook", "--uninstall", NULL);
	assert_false(file_exists("my hooks/pre-commit"));
}

static void linked_work_tree(void **state)
{
	char *commands = get("compile_commands.json");

	(void)state;
	commit("drivers/a.c", fenced);
	run("hook", "--install", NULL);
	git("worktree", "add", "-q", "-b", "second", "../second tree");
	put("../second tree/compile_commands.json", commands);
	assert_int_equal(chdir("../second tree"), 0);
	stage("drivers/a.c", unfenced);
	put("drivers/a.c", fenced);
	assert_int_equal(call("git", "commit", "-m", "bad", NULL), 1);
	assert_true(printed("drivers/a.c:53:2"));
	run("hook", "--uninstall", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_false(file_exists("../tree/.git/hooks/pre-commit"));
	free(commands);
}

static void options_become_part_of_the_hook(void **state)
{
	char *text;

	(void)state;
	put("it's.yaml", "drivers: []\n");
	run("hook", "--install", "--strict", "--rules", "UnfencedFileOp,RacyAliveCheck", "--kernel-model", "it's.yaml",
	    "--min-severity", "high", "--budget", "5000", "--timeout", "20", "--llvm", "22", "--state", "kept", NULL);
	assert_int_equal(last_run()->status, 0);
	text = get(".git/hooks/pre-commit");
	assert_non_null(strstr(text, "/strongfence' hook --strict --rules 'UnfencedFileOp' --rules 'RacyAliveCheck' "
				     "--kernel-model '/"));
	assert_non_null(strstr(text, "/it'\\''s.yaml' --min-severity 'high' --budget '5000' --timeout '20' "
				     "--llvm '22'\n"));
	assert_int_equal(call("git", "config", "strongfence.state", NULL), 0);
	assert_true(printed("/tree/kept\n"));
	free(text);
	run("hook", "--install", "--uninstall", NULL);
	assert_refused("--install and --uninstall exclude each other");
	run("hook", "--install", "a.c", NULL);
	assert_refused("which files are checked is asked at each commit");
	run("hook", "--launcher", "srun", NULL);
	assert_refused("a hook runs where git runs");
	run("hook", "--install", "--kernel-build", "/nowhere", NULL);
	assert_refused("/nowhere: not a kernel's build directory");
	run("hook", "--install", "-p", "/nowhere", NULL);
	assert_refused("/nowhere");
}

static void a_hook_whose_program_is_gone_lets_commits_pass(void **state)
{
	char *text, *at, *gone;

	(void)state;
	run("hook", "--install", NULL);
	text = get(".git/hooks/pre-commit");
	gone = copy(text);
	while ((at = strstr(gone, "/strongfence'"))) {
		at[1] = 'x';
	}
	put(".git/hooks/pre-commit", gone);
	assert_int_equal(chmod(".git/hooks/pre-commit", 0755), 0);
	stage("drivers/a.c", unfenced);
	git("commit", "-m", "bad");
	assert_true(printed("strongfence: its program is gone: nothing was checked\n"));
	free(gone);
	free(text);
}

static void the_framework_runs_it(void **state)
{
	char *manifest = get(MANIFEST), *home = getenv("HOME"), *path, *text;

	(void)state;
	if (!(path = program_path("pre-commit"))) {
		print_message("SKIPPED: pre-commit is not installed\n");
		free(manifest);
		skip();
	}
	free(path);
	assert_non_null(manifest);
	path = path_join(home, "cache");
	setenv("PRE_COMMIT_HOME", path, 1);
	free(path);
	// The project as the framework takes it, without what it does not look at.
	git("init", "-q", "../project");
	put("../project/.pre-commit-hooks.yaml", manifest);
	git("-C", "../project", "add", ".");
	git("-C", "../project", "commit", "-q", "-m", "project");
	git("-C", "../project", "tag", "v1");
	assert_int_equal(call("pre-commit", "validate-manifest", "../project/.pre-commit-hooks.yaml", NULL), 0);
	commit("drivers/a.c", fenced);
	commit("drivers/b.c", unfenced);
	text = format("repos:\n- repo: %s/project\n  rev: v1\n  hooks:\n  - id: strongfence\n", home);
	commit(".pre-commit-config.yaml", text);
	free(text);
	assert_int_equal(call("pre-commit", "install", NULL), 0);
	run("hook", "--install", NULL);
	assert_refused("there is a hook of another hand");
	// The framework takes what is not staged out of the work tree, and puts it back.
	stage("drivers/a.c", unfenced);
	put("drivers/a.c", fenced);
	assert_int_equal(call("git", "commit", "-m", "bad", NULL), 1);
	assert_true(printed("drivers/a.c:53:2"));
	assert_true(printed("strongfence: 1 new finding, 0 already in HEAD, "));
	text = get("drivers/a.c");
	assert_string_equal(text, fenced);
	free(text);
	stage("drivers/a.c", "int f( {\n");
	put("drivers/a.c", fenced);
	git("commit", "-m", "skipped");
	assert_true(printed("drivers/a.c: not checked: parse-error: "));
	// What is not staged is as HEAD has it.
	git("checkout", "-q", ".");
	assert_int_equal(call("pre-commit", "run", "--all-files", NULL), 0);
	assert_true(printed("strongfence: 2 of the files named are not staged: nothing to check there\n"));
	put("drivers/a.c", unfenced);
	assert_int_equal(call("git", "commit", "-a", "-m", "bad", NULL), 0);
	assert_true(printed("drivers/a.c: not checked: 1 finding, and which are new is not known"));
	put("drivers/b.c", fenced);
	git("commit", "-a", "-m", "good");
	put("drivers/b.c", unfenced);
	assert_int_equal(call("git", "commit", "-m", "bad", "drivers/b.c", NULL), 1);
	assert_true(printed("drivers/b.c:53:2"));
	free(manifest);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, hook_setup, hook_teardown)
	const struct CMUnitTest tests[] = {
		TEST(bad_is_staged_and_good_in_the_work_tree),
		TEST(good_is_staged_and_bad_in_the_work_tree),
		TEST(what_head_has_is_counted_alone),
		TEST(nothing_of_interest_is_staged),
		TEST(first_commit_of_all),
		TEST(renamed_file_keeps_its_findings),
		TEST(renamed_file_gets_a_finding),
		TEST(unparsable_source_is_skipped_with_a_word),
		TEST(unparsable_source_in_head),
		TEST(header_is_taken_as_it_is_staged),
		TEST(file_that_the_work_tree_does_not_have),
		TEST(strange_file_names),
		TEST(a_name_that_is_not_utf8_is_skipped_with_a_word),
		TEST(what_is_not_built_is_skipped_with_a_word),
		TEST(without_a_unit_program_nothing_is_held_up),
		TEST(what_the_last_scan_knows_is_used),
		TEST(outside_a_repository),
		TEST(files_may_be_named),
		TEST(merge_is_checked_where_it_is_neither_side),
		TEST(a_commit_is_really_held_up),
		TEST(commit_of_all_and_commit_of_one_file),
		TEST(a_hook_of_another_hand_stays),
		TEST(hooks_may_be_elsewhere),
		TEST(linked_work_tree),
		TEST(options_become_part_of_the_hook),
		TEST(a_hook_whose_program_is_gone_lets_commits_pass),
		TEST(the_framework_runs_it),
	};

	if (!have_real_unit()) {
		printf("SKIPPED: %s is not built\n", REAL_UNIT);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
