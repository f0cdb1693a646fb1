// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// --engine cocci and both, end to end with the real spatch, and with a stand-in for what the real one does not do when
// asked. The scripts report each call of thing() and add a line to the file "matched" when they run.

#include "bed.h"

#include <stdio.h>
#include <fcntl.h>
#include <jansson.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "process.h"

#define HEAD(options)                                                                              \
	"// SPDX-License-Identifier: GPL-2.0-only\n/// Options: " options "\nvirtual json\n"               \
	"@initialize:python@\n@@\nimport json as to_json, os\n"                                            \
	"open(os.environ['MATCHED'], 'a').write('run\\n')\n"
#define CALLS "@call@\nposition p;\n@@\nthing@p(...)\n"
#define PYTHON "@script:python@\np << call.p;\n@@\n"
#define REPORT(rule, door, hotplug)                                                                \
	"print(to_json.dumps({'type': 'finding', 'rule': '" rule "', 'file': p[0].file, 'line': int(p[0].line), "   \
	"'column': int(p[0].column) + 1, 'function': p[0].current_element, 'door': '" door "', 'slot': '', "         \
	"'table': '', 'struct': '', 'teardown': 'bye', 'message': \"'thing' is called\", 'hotplug': " hotplug ", "   \
	"'notes': [{'file': p[0].file, 'line': 1, 'column': 1, 'side': 'unbind', 'message': 'Gone'}]}), flush=True)\n"
#define SCRIPT(rule, door, hotplug) HEAD("--no-includes") CALLS PYTHON REPORT(rule, door, hotplug)

#define GOOD "int thing(int);\nint thing_read(void)\n{\n\treturn thing(1);\n}\n"
#define BROKEN "int broken(void)\n{\n\tint a = = 3;\n\treturn a + ;\n}\n"

#define COCCI "--engine", "cocci", "--state", "state"
#define BOTH "--engine", "both", "--state", "state"

static char *search;

static int cocci_setup(void **state)
{
	int result = bed_setup(state);
	char *here = working_directory(), *matched = path_join(here, "matched");

	if (!search)
		search = copy(getenv("PATH"));
	setenv("PATH", search, 1);
	setenv("STRONGFENCE_COCCI", "scripts", 1);
	setenv("MATCHED", matched, 1);
	put("scripts/UnfencedFileOp.cocci", SCRIPT("UnfencedFileOp", "", "False"));
	free(matched);
	free(here);
	return result;
}

// A spatch of the shell's: what it says of its version, of parsing, and of a script.
static void fake_spatch(const char *version, const char *parse, const char *match)
{
	char *here = working_directory();
	char *path = format("%s/bin:%s", here, search);
	char *text = format("#!/bin/sh\ncase \"$*\" in\n*--version*) echo '%s'; echo 'Python scripting support: yes' ;;\n"
			    "*probe.cocci*) echo 'it works' ;;\n*--parse-c*) %s ;;\n*) %s ;;\nesac\n", version, parse, match);

	put("bin/spatch", text);
	assert_int_equal(chmod("bin/spatch", 0755), 0);
	setenv("PATH", path, 1);
	free(text);
	free(path);
	free(here);
}

#define VERSION "spatch version 1.1.1 compiled with OCaml"
#define PARSED "echo 'nb good = 1, nb bad = 0'"

static void touch_later(const char *path)
{
	struct timespec moment = {.tv_nsec = 50000000};

	nanosleep(&moment, NULL);
	assert_int_equal(utimensat(AT_FDCWD, path, NULL, 0), 0);
}

static void patches_alone_need_no_checker(void **state)
{
	(void)state;
	put("a.c", GOOD);
	run("check", "a.c", COCCI, NULL);
	assert_int_equal(last_run()->status, 1);
	assert_string_equal(last_run()->out, "a.c:4:9: warning: 'thing' is called [teardown.UnfencedFileOp] (medium) "
					     "(spatch)\na.c:1:1: note: Gone\n\n"
					     "    operation                                     bye()\n"
					     "    ---------                                     -----\n"
					     "                                                  Gone\n\n"
					     "    fingerprint 9aa5c3342d0ea06f2ec3\n");
	assert_said("strongfence: 1 unit analysed, 1 finding (UnfencedFileOp 1), ");
	assert_said("strongfence: spatch looks for 1 of ");
	assert_null(strstr(last_run()->err, "budget"));
	assert_null(get("runs"));
	assert_int_equal(lines_in("matched"), 1);
}

// printf 'UnfencedFileOp\0a.c\0\0'"'thing' is called"'\0' | sha1sum
static void a_finding_has_what_the_checkers_have(void **state)
{
	static const char fields[] =
		"{\"column\":9,\"door\":\"\",\"engines\":[\"cocci\"],\"file\":\"a.c\",\"fingerprint\":\"9aa5c3342d0ea06f2ec3\","
		"\"function\":\"thing_read\",\"line\":4,\"message\":\"'thing' is called\",\"notes\":[{\"column\":1,\"file\":\"a.c\","
		"\"line\":1,\"message\":\"Gone\",\"side\":\"unbind\"}],\"rule\":\"UnfencedFileOp\",\"severity\":\"high\",\"slot\":\"\","
		"\"struct\":\"\",\"table\":\"\",\"teardown\":\"bye\"}";
	json_t *finding;
	char *text;

	(void)state;
	put("a.c", GOOD);
	put("scripts/UnfencedFileOp.cocci", SCRIPT("UnfencedFileOp", "", "True"));
	run("check", "a.c", COCCI, "--format", "json", NULL);
	assert_int_equal(last_run()->status, 1);
	finding = json_loads(last_run()->out, JSON_DISABLE_EOF_CHECK, NULL);
	text = json_dumps(finding, JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(text, fields);
	free(text);
	json_decref(finding);
}

static void strange_file_names(void **state)
{
	static const char *const names[] = {"./a b.c", "./it's \"q\".c", "./$HOME $x.c", "./-dash.c", "./@at.c",
					    "./sp:ace=#.c", "./back\\slash.c", "./new\nline.c"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		put(names[i], GOOD);
		run("check", names[i], COCCI, NULL);
		if (last_run()->status != 1)
			print_error("%s: %s\n", names[i], last_run()->err);
		assert_int_equal(last_run()->status, 1);
		put(names[i], "int thing;\n");
		touch_later(names[i]);
		run("check", names[i], COCCI, NULL);
		assert_int_equal(last_run()->status, 0);
	}
}

static void a_function_that_spatch_cannot_read_is_said(void **state)
{
	(void)state;
	put("a.c", "int thing(int);\nint other(void)\n{\n\treturn 0;\n}\n\n" BROKEN "\n" GOOD);
	run("check", "a.c", COCCI, NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("strongfence: partly parsed by spatch: a.c (");
	assert_said(" of 17 lines left out, the first error in line 9)\n");
	assert_said("strongfence: 1 unit partly parsed by spatch: ");
	assert_said(" NOT MATCHED\n");
	run("check", "a.c", COCCI, "--format", "json", NULL);
	assert_non_null(strstr(last_run()->out, "{\"type\":\"unread\",\"file\":\"a.c\",\"unread\":"));
	assert_non_null(strstr(last_run()->out, ",\"lines\":17,\"first_unread\":9}\n"));
	// A header's errors are not the unit's.
	put("bad.h", "char *open = \"\n" BROKEN);
	put("a.c", "#include \"bad.h\"\n" GOOD);
	touch_later("a.c");
	run("check", "a.c", COCCI, NULL);
	assert_int_equal(last_run()->status, 1);
	assert_null(strstr(last_run()->err, "partly"));
	// Nothing found in the rest is not clean.
	put("a.c", "int other(void)\n{\n\treturn 0;\n}\n" BROKEN);
	touch_later("a.c");
	run("check", "a.c", COCCI, NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("1 unit analysed, no finding in what was analysed");
	assert_null(strstr(last_run()->err, "0 findings"));
}

static void a_file_that_spatch_cannot_read_at_all_failed(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{"int f( {{{\n x = = 1;\n ))\n", "nothing of it could be read, see line 3\n"},
		{"char *s = \"open;\n", "a string or a comment has no end\n"},
		{GOOD "/* open\n" GOOD, "a string or a comment has no end\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		put("a.c", cases[i].text);
		touch_later("a.c");
		run("check", "a.c", COCCI, NULL);
		assert_refused("strongfence: a.c: spatch: parse-error: ");
		assert_said(cases[i].said);
		assert_said("0 units analysed, 1 FAILED, ");
	}
	put("a.c", GOOD);
	touch_later("a.c");
	run("check", "a.c", COCCI, NULL);
	assert_int_equal(last_run()->status, 1);
	// Nothing to read is nothing that could not be read.
	put("a.c", "");
	touch_later("a.c");
	run("check", "a.c", COCCI, NULL);
	assert_int_equal(last_run()->status, 0);
	assert_said("0 findings");
}

static void a_script_that_fails_spoils_no_other(void **state)
{
	(void)state;
	put("a.c", GOOD);
	put("scripts/RacyAliveCheck.cocci", HEAD("") CALLS PYTHON "nonsense.of(p)\n");
	run("check", "a.c", COCCI, NULL);
	assert_refused("strongfence: a.c: spatch: crash: RacyAliveCheck: Python failure: NameError: name 'nonsense' is not "
		       "defined\n");
	assert_non_null(strstr(last_run()->out, "[teardown.UnfencedFileOp]"));
	put("scripts/RacyAliveCheck.cocci", "@r@\n@@\n* thing(...\n");
	run("check", "a.c", COCCI, NULL);
	assert_refused("strongfence: a.c: spatch: crash: RacyAliveCheck: ended with 255: ");
	put("scripts/RacyAliveCheck.cocci", HEAD("--no-such-option"));
	run("check", "a.c", COCCI, NULL);
	assert_refused("strongfence: a.c: spatch: crash: RacyAliveCheck: ended with ");
}

static void what_spatch_does_badly_is_told(void **state)
{
	static const struct {
		const char *match, *said;
	} cases[] = {
		{"echo 'timeout (we abort): a.c' >&2; exit 2", "timeout: UnfencedFileOp: no result after 3 s"},
		{"kill -XCPU $$", "timeout: UnfencedFileOp: no result after 3 s"},
		{"kill -SEGV $$", "crash: UnfencedFileOp: ended with 139: it said nothing"},
		{"echo 'Fatal error: exception Stack_overflow' >&2; exit 2", "crash: UnfencedFileOp: Stack_overflow"},
		{"echo 'Fatal error: exception Out_of_memory' >&2; exit 2", "memory: UnfencedFileOp: more than 6 GiB"},
		{"echo '{\"type\":'", "crash: UnfencedFileOp: what it printed is damaged"},
		{"echo '{\"type\":\"finding\",\"rule\":\"RacyAliveCheck\",\"file\":\"a.c\",\"line\":1,\"message\":\"x\"}'",
		 "crash: UnfencedFileOp: what it printed is damaged"},
	};

	(void)state;
	put("a.c", GOOD);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *said = format("strongfence: a.c: spatch: %s\n", cases[i].said);

		fake_spatch(VERSION, PARSED, cases[i].match);
		run("check", "a.c", COCCI, "--timeout", "3", NULL);
		assert_refused(said);
		free(said);
	}
	assert_said("0 units analysed, 1 FAILED, ");
	fake_spatch(VERSION, "exit 3", "exit 0");
	run("check", "a.c", COCCI, NULL);
	assert_refused("strongfence: a.c: spatch: crash: spatch --parse-c ended with 3\n");
	fake_spatch(VERSION, "exit 0", "exit 0");
	run("check", "a.c", COCCI, NULL);
	assert_refused("strongfence: a.c: spatch: crash: spatch --parse-c ended with 0\n");
	run("check", "a.c", COCCI, "--launcher", "true", NULL);
	assert_refused("strongfence: a.c: spatch: spatch did not finish\n");
}

static void what_is_missing_is_said_before_any_work(void **state)
{
	(void)state;
	put("a.c", GOOD);
	fake_spatch("spatch version 1.1.0 compiled", PARSED, "exit 0");
	run("check", "a.c", BOTH, NULL);
	assert_refused("strongfence: spatch: is version 1.1.0; 1.1.1 or newer is needed");
	put("bin/spatch", "#!/bin/sh\ncase \"$*\" in\n*--version*) echo '" VERSION "'; echo 'Python scripting support: yes' ;;\n"
			  "*) echo 'Py.find_library: unable to find the Python library [libpython3.11.so returned ...]' >&2; "
			  "exit 255 ;;\nesac\n");
	assert_int_equal(chmod("bin/spatch", 0755), 0);
	run("check", "a.c", BOTH, NULL);
	assert_refused("strongfence: spatch: cannot run Python (Py.find_library: unable to find the Python library); install "
		       "libpython3-dev\n");
	setenv("PATH", "/nowhere", 1);
	run("check", "a.c", BOTH, NULL);
	assert_refused("strongfence: spatch: not found; install coccinelle");
	setenv("PATH", search, 1);
	run("check", "a.c", COCCI, "--rules", "RacyAliveCheck", NULL);
	assert_refused("no semantic patch for any of the rules that were asked for");
	setenv("STRONGFENCE_COCCI", "/nowhere", 1);
	run("check", "a.c", COCCI, NULL);
	assert_refused("strongfence: /nowhere (from STRONGFENCE_COCCI): no semantic patches there");
	run("check", "a.c", "--engine", "other", NULL);
	assert_refused("strongfence: --engine: 'other' is not clang, cocci or both");
	assert_null(get("runs"));
	assert_null(get("matched"));
}

static void a_rule_without_a_script_is_said(void **state)
{
	(void)state;
	put("a.c", GOOD);
	run("check", "a.c", COCCI, "--rules", "RacyAliveCheck,UnfencedFileOp", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("strongfence: RacyAliveCheck has no semantic patch: spatch does not look for it\n");
}

static void what_changed_is_done_again(void **state)
{
	(void)state;
	put("inc/local.h", "int local;\n");
	put("a.c", "#include \"local.h\"\n" GOOD);
	put("b.c", GOOD);
	put("scripts/UnfencedFileOp.cocci",
	    HEAD("--all-includes") CALLS PYTHON REPORT("UnfencedFileOp", "", "False"));
#define AGAIN(expected, checked)                                                                   \
	do {                                                                                       \
		unlink("matched");                                                                 \
		unlink("runs");                                                                    \
		run("check", "a.c", "b.c", BOTH, "--", "-Iinc", NULL);                             \
		assert_int_equal(last_run()->status, 1);                                           \
		assert_int_equal(lines_in("matched"), expected);                                   \
		assert_int_equal(lines_in("runs"), checked);                                       \
	} while (0)
	AGAIN(2, 2);
	AGAIN(0, 0);
	assert_said("semantic patches run again on 0 units, 2 as before");
	touch_later("b.c");
	AGAIN(1, 1);
	touch_later("inc/local.h");
	AGAIN(1, 1);
	// The checkers have nothing to do with the scripts, nor these with those.
	put("scripts/UnfencedFileOp.cocci",
	    HEAD("--all-includes") "# another\n" CALLS PYTHON REPORT("UnfencedFileOp", "", "True"));
	AGAIN(2, 0);
	put("scripts/TeardownHang.cocci", SCRIPT("TeardownHang", "", "True"));
	AGAIN(4, 0);
	run("check", "a.c", "b.c", "--state", "state", "--budget", "7", "--", "-Iinc", NULL);
	AGAIN(0, 2);
}

static void both_engines_of_one_defect_make_one_finding(void **state)
{
	(void)state;
	put("a.c", "int thing(int);\nint thing_read(void) { return thing(1); } // fake: finding UnfencedFileOp low\n"
		   "int two(void) { return thing(2); }\n"
		   "int three; // fake: finding RacyAliveCheck low\n");
	run("check", "a.c", BOTH, NULL);
	assert_int_equal(last_run()->status, 1);
	assert_non_null(strstr(last_run()->out, "a.c:2:2: warning: 'thing_read' reads 'thing->base' "
						"[teardown.UnfencedFileOp] (low) (both engines)\n"));
	assert_non_null(strstr(last_run()->out, "a.c:3:24: warning: 'thing' is called [teardown.UnfencedFileOp] (medium) "
						"(spatch)\n"));
	assert_non_null(strstr(last_run()->out, "[teardown.RacyAliveCheck] (low)\n"));
	assert_said("strongfence: found by both engines: 1, by clang alone: 1, by spatch alone: 1\n");
	assert_said("strongfence: 1 unit analysed, 3 findings (UnfencedFileOp 2, RacyAliveCheck 1), 0 budget stops");
	run("check", "a.c", BOTH, "--format", "json", NULL);
	assert_non_null(strstr(last_run()->out, "\"engines\":[\"clang\",\"cocci\"]"));
	assert_non_null(strstr(last_run()->out, "\"engines\":[\"clang\"]"));
	assert_non_null(strstr(last_run()->out, "\"engines\":[\"cocci\"]"));
}

static void one_engine_that_fails_keeps_the_others_findings(void **state)
{
	(void)state;
	put("a.c", "int thing(int);\nint thing_read(void) { return thing(1); } // fake: finding RacyAliveCheck low\n");
	put("scripts/UnfencedFileOp.cocci", HEAD("") CALLS PYTHON "1 / 0\n");
	run("check", "a.c", BOTH, NULL);
	assert_refused("strongfence: a.c: spatch: crash: UnfencedFileOp: Python failure: ZeroDivisionError: division by zero");
	assert_non_null(strstr(last_run()->out, "[teardown.RacyAliveCheck]"));
	put("scripts/UnfencedFileOp.cocci", SCRIPT("UnfencedFileOp", "", "False"));
	put("a.c", "int thing(int);\nint f(void) { return thing(1); } // fake: die\n");
	touch_later("a.c");
	run("check", "a.c", BOTH, NULL);
	assert_refused("strongfence: a.c: ");
	assert_non_null(strstr(last_run()->out, "[teardown.UnfencedFileOp] (medium) (spatch)"));
	assert_said("0 units analysed, 1 FAILED, 1 finding ");
}

static void a_tree_is_scanned_with_both(void **state)
{
	(void)state;
	make_kernel("linux");
	put("linux/drivers/a/two.c", GOOD);
	run("prepare", "--kernel-src", "linux", "--kernel-build", "build", NULL);
	run("scan", "drivers", "--kernel-src", "linux", "--kernel-build", "build", "--engine", "both", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("strongfence: found by both engines: 0, by clang alone: 2, by spatch alone: 1\n");
	assert_said("strongfence: 3 units analysed, 3 findings");
	assert_non_null(strstr(last_run()->out, "drivers/a/two.c:4:9: warning: "));
	// Without the facts and the link.
	unlink("runs");
	run("scan", "drivers", "--kernel-src", "linux", "--kernel-build", "build", "--engine", "cocci", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_said("semantic patches run again on 0 units, 3 as before");
	assert_said("strongfence: 3 units analysed, 1 finding ");
	assert_null(get("runs"));
}

static void doctor_looks_at_both(void **state)
{
	(void)state;
	run("doctor", NULL);
	assert_non_null(strstr(last_run()->out, "ok       spatch                   1.1"));
	assert_non_null(strstr(last_run()->out, "scripts has them for 1 of "));
	assert_non_null(strstr(last_run()->out, ", none for RacyAliveCheck, "));
	setenv("STRONGFENCE_COCCI", "/nowhere", 1);
	setenv("PATH", "/nowhere", 1);
	run("doctor", NULL);
	assert_non_null(strstr(last_run()->out, "optional spatch                   not found; install coccinelle; "
						"--engine cocci and both need it\n"));
	assert_non_null(strstr(last_run()->out, "optional semantic patches         /nowhere (from STRONGFENCE_COCCI): none "
						"there"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, cocci_setup, bed_teardown)
	const struct CMUnitTest tests[] = {
		TEST(patches_alone_need_no_checker),
		TEST(a_finding_has_what_the_checkers_have),
		TEST(strange_file_names),
		TEST(a_function_that_spatch_cannot_read_is_said),
		TEST(a_file_that_spatch_cannot_read_at_all_failed),
		TEST(a_script_that_fails_spoils_no_other),
		TEST(what_spatch_does_badly_is_told),
		TEST(what_is_missing_is_said_before_any_work),
		TEST(a_rule_without_a_script_is_said),
		TEST(what_changed_is_done_again),
		TEST(both_engines_of_one_defect_make_one_finding),
		TEST(one_engine_that_fails_keeps_the_others_findings),
		TEST(a_tree_is_scanned_with_both),
		TEST(doctor_looks_at_both),
	};
	char *program = program_path("spatch");

	if (!program) {
		printf("SKIPPED: spatch is not installed\n");
		return 77;
	}
	free(program);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
