// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What meets other people's tools: scan-build and Kbuild's hook. The parts that need the real unit program, the plugin or
// scan-build are left out where these are not.

#include "bed.h"

#include <jansson.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "process.h"

#define EXAMPLE EXAMPLES "/UnfencedFileOp/bad-cdev-add.c"
#define INCLUDE EXAMPLES "/Inputs/include"

static const char finding[] = "int a; // fake: finding UnfencedFileOp high\n";

static int kbuild_setup(void **state)
{
	int result = bed_setup(state);

	setenv("CC", "gcc", 1);
	setenv("CHECKFLAGS", "-D__linux__ -Dlinux -Wbitwise -DSPARSE='a b' --arch=x86 -mlittle-endian -m64", 1);
	setenv("srctree", ".", 1);
	setenv("objtree", ".", 1);
	unsetenv("CF");
	unsetenv("STRONGFENCE_ERROR");
	return result;
}

// As Kbuild runs it on FILE.
#define CHECK_SOURCE(...)                                                                                              \
	run("kbuild", "-D__linux__", "-Dlinux", "-Wbitwise", "-DSPARSE=a b", "--arch=x86", "-mlittle-endian", "-m64",      \
	    "-Wp,-MMD,.a.o.d", "-nostdinc", "-D__KERNEL__", "-fconserve-stack", "-DKBUILD_MODNAME=\"a\"", __VA_ARGS__, NULL)

static void findings_are_the_compilers_lines(void **state)
{
	(void)state;
	put("drivers/a.c", finding);
	CHECK_SOURCE("drivers/a.c");
	assert_int_equal(last_run()->status, 0);
	assert_string_equal(last_run()->out, "");
	assert_int_equal(strncmp(last_run()->err,
				 "drivers/a.c:1:2: warning: 'thing_read' reads 'thing->base' [teardown.UnfencedFileOp] (high)\n"
				 "drivers/a.c:1:1: note: ",
				 strlen("drivers/a.c:1:2: warning: 'thing_read' reads 'thing->base' [teardown.UnfencedFileOp] (high)\n"
					"drivers/a.c:1:1: note: ")),
			 0);
	assert_said("\ndrivers/a.c:1:2: note: Fingerprint UnfencedFileOp\n");
	assert_null(strstr(last_run()->err, "strongfence: "));
	assert_false(file_exists(".a.o.d"));
	assert_false(file_exists(".strongfence"));
}

static void a_clean_source_says_nothing(void **state)
{
	(void)state;
	put("a.c", "int a;\n");
	CHECK_SOURCE("a.c");
	assert_int_equal(last_run()->status, 0);
	assert_string_equal(last_run()->err, "");
	assert_string_equal(last_run()->out, "");
}

static void the_build_breaks_only_when_asked(void **state)
{
	(void)state;
	put("a.c", finding);
	put("bad.c", "int f( {\n");
	setenv("STRONGFENCE_ERROR", "0", 1);
	CHECK_SOURCE("a.c");
	assert_int_equal(last_run()->status, 0);
	CHECK_SOURCE("bad.c");
	assert_int_equal(last_run()->status, 0);
	assert_said("strongfence: bad.c: parse-error: ");
	assert_lines_are_ours(last_run()->err);
	setenv("STRONGFENCE_ERROR", "1", 1);
	CHECK_SOURCE("a.c");
	assert_int_equal(last_run()->status, 1);
	CHECK_SOURCE("bad.c");
	assert_int_equal(last_run()->status, 2);
	put("a.c", "int a;\n");
	CHECK_SOURCE("a.c");
	assert_int_equal(last_run()->status, 0);
}

static void whatever_goes_wrong_is_one_line(void **state)
{
	(void)state;
	put("a.c", "// fake: die\n");
	CHECK_SOURCE("a.c");
	assert_int_equal(last_run()->status, 0);
	assert_said("strongfence: a.c: ");
	assert_lines_are_ours(last_run()->err);
	CHECK_SOURCE("none.c");
	assert_int_equal(last_run()->status, 0);
	assert_said("strongfence: none.c: no such file");
	setenv("STRONGFENCE_UNIT", "/nowhere/unit", 1);
	CHECK_SOURCE("a.c");
	assert_int_equal(last_run()->status, 0);
	assert_said("strongfence: /nowhere/unit (from STRONGFENCE_UNIT): no such program");
	use_fake_unit();
	run("kbuild", "--rules", "Nope", "-DX", "a.c", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("strongfence: --rules: unknown rule 'Nope'");
	setenv("STRONGFENCE_ERROR", "1", 1);
	run("kbuild", "--rules", "Nope", "-DX", "a.c", NULL);
	assert_int_equal(last_run()->status, 2);
	run("kbuild", "a.c", NULL);
	assert_refused("kbuild: ");
}

static void options_stand_before_the_flags(void **state)
{
	(void)state;
	put("a.c", "int a; // fake: finding UnfencedFileOp low\n");
	run("kbuild", "--min-severity", "medium", "--llvm=19", "-DX", "a.c", NULL);
	assert_string_equal(last_run()->err, "");
	run("kbuild", "--min-severity=low", "-DX", "a.c", NULL);
	assert_said("[teardown.UnfencedFileOp] (low)");
}

static void sparse_flags_do_not_reach_the_compiler(void **state)
{
	(void)state;
	put("a.c", "#if defined(SPARSE) || defined(EXTRA) != 1 || !defined(__KERNEL__)\n#error flags\n#endif\n"
		   "int a; // fake: finding UnfencedFileOp high\n");
	setenv("CF", "-Wsparse-error -DEXTRA", 1);
	CHECK_SOURCE("a.c");
	assert_said("a.c:4:2: warning: ");
	// CHECKFLAGS of an older kernel are not in the environment: what only sparse knows goes all the same.
	unsetenv("CHECKFLAGS");
	run("kbuild", "-Wbitwise", "--arch=x86", "-DEXTRA", "-D__KERNEL__", "a.c", NULL);
	assert_said("a.c:4:2: warning: ");
}

static void names_are_as_make_spells_them(void **state)
{
	(void)state;
	put("linux/drivers/a.c", finding);
	assert_int_equal(mkdir("linux/out", 0777), 0);
	assert_int_equal(chdir("linux/out"), 0);
	setenv("srctree", "..", 1);
	CHECK_SOURCE("../drivers/a.c");
	assert_said("../drivers/a.c:1:2: warning: ");
}

static void many_at_once(void **state)
{
	enum { MANY = 8 };
	int pids[MANY];

	(void)state;
	put("a.c", finding);
	for (int i = 0; i < MANY; i++)
		pids[i] = start("kbuild", "-DX", "a.c", NULL);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(finish(pids[i])->status, 0);
	assert_int_equal(lines_in("runs"), MANY);
}

// What a scan of the tree knows of other files is read, and nothing is written.
static void the_last_scan_is_used(void **state)
{
	char *here = working_directory();

	(void)state;
	make_kernel("linux");
	put("linux/drivers/a/Makefile", "$(a): more = -DKBUILD_MODNAME='\"thing\"' -DMODULE\n");
	put("linux/drivers/a/one.c", "int one; // fake: imports helper\n");
	put("linux/drivers/a/two.c", "int two; // fake: exports helper bad\n");
	run("prepare", "--kernel-src", "linux", "--kernel-build", "build", NULL);
	assert_int_equal(last_run()->status, 0);
	run("scan", "drivers/a", "--all", "--kernel-src", "linux", "--kernel-build", "build", NULL);
	assert_int_equal(last_run()->status, 1);

	char *source = format("%s/linux/drivers/a/one.c", here), *tree = format("%s/linux", here);

	assert_int_equal(chdir("build"), 0);
	setenv("srctree", tree, 1);
	run("kbuild", "-DX", "-DKBUILD_MODNAME=\"thing\"", source, NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said(source);
	assert_said(" warning: imported and bad ");
	assert_int_equal(rename(".strongfence", "elsewhere"), 0);
	run("kbuild", "-DX", source, NULL);
	assert_null(strstr(last_run()->err, " warning: "));
	assert_false(file_exists(".strongfence"));
	free(tree);
	free(source);
	free(here);
}

// scan-build, and the plugin that was built with it.
static bool have_scan_build(int llvm)
{
	char *name = format("scan-build-%d", llvm), *path = program_path(name);
	char *plugin = format("%s/StrongfenceChecker-%d.so", PLUGINS, llvm);
	bool have = path && file_exists(plugin);

	free(plugin);
	free(path);
	free(name);
	return have;
}

static int real_setup(void **state)
{
	int result = bed_setup(state);

	use_real_unit();
	unsetenv("STRONGFENCE_PLUGIN");
	unsetenv("LLVM");
	unsetenv("CROSS_COMPILE");
	return result;
}

static void a_plugin_that_does_not_fit_is_refused(void **state)
{
	(void)state;
	if (!program_path("clang-19") || !program_path("scan-build-19"))
		skip();
	put("none.so", "no plugin\n");
	setenv("STRONGFENCE_PLUGIN", "none.so", 1);
	run("scan-build", "--llvm", "19", "--", "touch", "built", NULL);
	assert_refused("clang does not load it: ");
	assert_false(file_exists("built"));
	setenv("STRONGFENCE_PLUGIN", "/nowhere.so", 1);
	run("scan-build", "--", "touch", "built", NULL);
	assert_refused("strongfence: /nowhere.so (from STRONGFENCE_PLUGIN): no such plugin");
	unsetenv("STRONGFENCE_PLUGIN");
	if (!have_scan_build(19) || !have_scan_build(22))
		return;
	setenv("STRONGFENCE_PLUGIN", PLUGINS "/StrongfenceChecker-22.so", 1);
	run("scan-build", "--llvm", "19", "--", "touch", "built", NULL);
	assert_refused("a plugin fits the version of clang that it was built with, and no other");
	setenv("STRONGFENCE_PLUGIN", PLUGINS "/StrongfenceChecker-19.so", 1);
	run("scan-build", "--llvm=22", "--", "touch", "built", NULL);
	assert_refused("a plugin fits the version of clang that it was built with, and no other");
	run("scan-build", "--use-analyzer", "/usr/bin/clang-22", "--llvm", "19", "--", "touch", "built", NULL);
	assert_refused("is clang 22");
	assert_false(file_exists("built"));
}

static void wrong_uses(void **state)
{
	(void)state;
	run("scan-build", "make", NULL);
	assert_refused("scan-build: no build command; it stands behind '--'");
	run("scan-build", "--", NULL);
	assert_refused("scan-build: no build command");
	run("scan-build", "--llvm", "20", "--", "true", NULL);
	assert_refused("--llvm: '20' is neither 19 nor 22");
	run("scan-build", "--llvm", "--", "true", NULL);
	assert_refused("option '--llvm' needs a value");
	run("scan-build", "--use-analyzer", "/bin/true", "--", "true", NULL);
	assert_refused("/bin/true: not clang 19 or 22");
	run("scan-build", "--", "make", "CC=no-such-cc", NULL);
	assert_refused("no-such-cc: no such compiler");
	run("scan-build", "--", "make", "CC=gcc -m32", NULL);
	assert_refused("scan-build takes no compiler with arguments");
	run("scan-build-clang", "--version", NULL);
	assert_refused("only 'strongfence scan-build' runs this");
}

static char *makefile_for(const char *source)
{
	return format("all:\n\t$(CC) -nostdinc -I %s -c %s -o out.o\n", INCLUDE, source);
}

static void scan_build_tells_what_it_did(void **state)
{
	(void)state;
	if (!have_scan_build(19))
		skip();
	run("scan-build", "-o", "html", "--", "true", NULL);
	assert_int_equal(last_run()->status, 2);
	assert_said("NOTHING WAS ANALYSED");

	char *rule = makefile_for(EXAMPLE);

	put("Makefile", rule);
	run("scan-build", "-o", "html", "--", "make", NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("strongfence: 1 source analysed by clang 19.");
	assert_said(", 1 finding\n");
	run("scan-build", "--status-bugs", "-o", "html", "--", "make", NULL);
	assert_int_equal(last_run()->status, 1);
	run("scan-build", "--status-bugs", "-plist", "-o", "html", "--", "make", NULL);
	assert_int_equal(last_run()->status, 1);
	run("scan-build", "-plist-html", "-o", "html", "--", "make", NULL);
	assert_said(", 1 finding\n"); // which clang 19 prints three times
	// gcc takes it, clang does not: scan-build alone says "0 bugs found" and ends well.
	put("odd.c", "int f(int n) { int g(void) { return n; } return g(); }\n");
	free(rule);
	rule = makefile_for("odd.c");
	put("Makefile", rule);
	run("scan-build", "-o", "html", "--", "make", "CC=gcc", NULL);
	assert_int_equal(last_run()->status, 2);
	assert_said("strongfence: odd.c: ");
	assert_said("strongfence: 0 sources analysed by clang 19.");
	assert_said(", 1 FAILED, 0 findings");
	put("Makefile", "all:\n\tfalse\n");
	run("scan-build", "-o", "html", "--", "make", NULL);
	assert_int_equal(last_run()->status, 2);
	free(rule);
}

// What a build asks its compiler about /dev/null has the compiler's answer alone.
static void trials_have_the_compilers_answer(void **state)
{
	(void)state;
	if (!have_scan_build(19))
		skip();
	put("Makefile", "all:\n\t$(CC) -Werror -fconserve-stack -mllvm -tsan-distinguish-volatile=1 -c -x c /dev/null -o x.o\n"
			"gcc:\n\t$(CC) -Werror -fconserve-stack -c -x c /dev/null -o x.o\n"
			"clang:\n\t$(CC) -Werror -fsanitize=thread -mllvm -tsan-distinguish-volatile=1 -c -x c /dev/null -o x.o\n");
	run("scan-build", "--", "make", "gcc", "CC=gcc", NULL);
	assert_said("NOTHING WAS ANALYSED");
	assert_null(strstr(last_run()->err, "could not find clang line"));
	assert_null(strstr(last_run()->err, "Error"));
	run("scan-build", "--", "make", "clang", "CC=clang-19", NULL);
	assert_null(strstr(last_run()->err, "could not find clang line"));
	assert_null(strstr(last_run()->err, "Error"));
	assert_true(file_exists("x.o"));
}

// The hexadecimal digits behind each `mark` in the text, sorted, one a line.
static void take_fingerprints(const char *text, const char *mark, struct strings *to)
{
	for (const char *at = text; (at = strstr(at, mark));) {
		size_t length;

		at += strlen(mark);
		length = strspn(at, "0123456789abcdef");
		char *one = copy_span(at, length);

		if (length == 20 && !strings_have(to, one))
			strings_add(to, one);
		free(one);
	}
}

static void take_files(const char *pattern, const char *mark, struct strings *to)
{
	char *command = format("cat %s >all.txt", pattern), *text;

	assert_int_equal(system(command), 0);
	text = get("all.txt");
	take_fingerprints(text, mark, to);
	free(text);
	free(command);
}

static void assert_same(struct strings *expected, struct strings *found)
{
	strings_sort(expected);
	strings_sort(found);
	assert_int_equal(expected->count, found->count);
	for (size_t i = 0; i < expected->count; i++)
		assert_string_equal(expected->at[i], found->at[i]);
	strings_free(found);
}

// A finding is known by the same fingerprint whoever shows it, and wherever it has moved.
static void one_fingerprint_everywhere(void **state)
{
	static const char *const formats[] = {"text", "json", "sarif", "html"};
	static const char *const marks[] = {"fingerprint ", "\"fingerprint\":\"", "\"strongfence/v1\":\"",
					     "\"fingerprint\":\""};
	char *text = get(EXAMPLE), *shifted = format("/*\n *\n *\n */\nstruct unused;\n\n%s", text), *rule;
	struct strings expected = {0}, found = {0};

	(void)state;
	if (!have_real_unit())
		skip();
	put("here/foo.c", text);
	put("there/foo.c", shifted);
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		run("check", "here/foo.c", "--format", formats[i], "--", "-nostdinc", "-I", INCLUDE, NULL);
		take_fingerprints(last_run()->out, marks[i], i ? &found : &expected);
		assert_int_equal(expected.count, 1);
		if (i)
			assert_same(&expected, &found);
		run("check", "there/foo.c", "--format", formats[i], "--", "-nostdinc", "-I", INCLUDE, NULL);
		take_fingerprints(last_run()->out, marks[i], &found);
		assert_same(&expected, &found);
	}
	run("kbuild", "-nostdinc", "-I", INCLUDE, "there/foo.c", NULL);
	take_fingerprints(last_run()->err, "note: Fingerprint ", &found);
	assert_same(&expected, &found);
	for (int llvm = 19; llvm <= 22; llvm += 3) {
		char *version = format("%d", llvm);

		if (!have_scan_build(llvm))
			continue;
		rule = makefile_for("there/foo.c");
		put("Makefile", rule);
		free(rule);
		run("scan-build", "--llvm", version, "-plist-html", "-o", version, "--", "make", NULL);
		assert_int_equal(last_run()->status, 0);
		take_fingerprints(last_run()->err, "note: Fingerprint ", &found);
		assert_same(&expected, &found);
		rule = format("%s/*/report-*.html", version);
		take_files(rule, "Fingerprint ", &found);
		assert_same(&expected, &found);
		free(rule);
		rule = format("%s/*/*.plist", version);
		take_files(rule, "<string>Fingerprint ", &found);
		assert_same(&expected, &found);
		free(rule);
		free(version);
	}
	strings_free(&expected);
	free(shifted);
	free(text);
}

static void help_fits_a_screen(void **state)
{
	static const char *const commands[] = {"scan-build", "kbuild"};

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		run(commands[i], "--help", NULL);
		assert_int_equal(last_run()->status, 0);
		assert_non_null(strstr(last_run()->out, "usage: "));
		assert_true(lines_in("out.txt") <= 24);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_setup, bed_teardown)
#define KBUILD(name) cmocka_unit_test_setup_teardown(name, kbuild_setup, bed_teardown)
#define REAL(name) cmocka_unit_test_setup_teardown(name, real_setup, bed_teardown)
	const struct CMUnitTest tests[] = {
		KBUILD(findings_are_the_compilers_lines),
		KBUILD(a_clean_source_says_nothing),
		KBUILD(the_build_breaks_only_when_asked),
		KBUILD(whatever_goes_wrong_is_one_line),
		KBUILD(options_stand_before_the_flags),
		KBUILD(sparse_flags_do_not_reach_the_compiler),
		KBUILD(names_are_as_make_spells_them),
		KBUILD(many_at_once),
		KBUILD(the_last_scan_is_used),
		TEST(help_fits_a_screen),
		REAL(a_plugin_that_does_not_fit_is_refused),
		REAL(wrong_uses),
		REAL(scan_build_tells_what_it_did),
		REAL(trials_have_the_compilers_answer),
		REAL(one_fingerprint_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
