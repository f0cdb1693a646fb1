// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The HTML page without a browser: what is in its data, and that nothing in it can leave its element.

#include "test.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "excerpts.h"
#include "files.h"
#include "html.h"
#include "printable.h"

static char *home;

static int enter(void **state)
{
	char name[] = "/tmp/strongfence-test-XXXXXX";

	(void)state;
	if (!mkdtemp(name))
		return -1;
	home = copy(name);
	return chdir(home);
}

static int leave(void **state)
{
	(void)state;
	if (chdir("/") < 0)
		return -1;
	remove_tree(home);
	free(home);
	return 0;
}

static void put(const char *path, const char *text, size_t length)
{
	assert_int_equal(file_write(path, text, length), 0);
}

static struct analysis analysis_of(const char *findings)
{
	struct analysis analysis = {.complete = true, .engines = ENGINE_CLANG, .problems = json_array()};

	results_start(&analysis.results);
	json_decref(analysis.results.findings);
	analysis.results.findings = json_loads(findings, 0, NULL);
	assert_non_null(analysis.results.findings);
	analysis.results.analysed = 1;
	analysis.units.root = copy(home);
	return analysis;
}

// Caller frees.
static char *page_of(const struct analysis *analysis)
{
	FILE *to = fopen("page.html", "w");

	assert_non_null(to);
	html_write(to, analysis);
	fclose(to);
	return file_read("page.html", NULL);
}

// Caller decrefs.
static json_t *data_in(const char *page)
{
	static const char start[] = "<script type=\"application/json\" id=\"data\">";
	const char *from = strstr(page, start), *to;
	json_t *data;

	assert_non_null(from);
	from += strlen(start);
	to = strstr(from, "</script>");
	assert_non_null(to);
	data = json_loadb(from, (size_t)(to - from), 0, NULL);
	assert_non_null(data);
	return data;
}

static const json_t *first(const json_t *data, const char *key)
{
	return json_array_get(json_object_get(data, key), 0);
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

#define FINDING(file, line, message, fingerprint, more)                                                              \
	"{\"rule\":\"UnfencedFileOp\",\"severity\":\"high\",\"file\":\"" file "\",\"line\":" line                     \
	",\"column\":2,\"message\":\"" message "\",\"fingerprint\":\"" fingerprint "\"" more "}"

static void nothing_in_it_ends_its_element(void **state)
{
	struct analysis analysis =
		analysis_of("[" FINDING("</script><script>a()</script>.c", "1", "<!-- ]]> & \\u2028 '\\\"</SCRIPT >", "f", "") "]");
	char *page = page_of(&analysis), *from;
	json_t *data = data_in(page);

	(void)state;
	assert_string_equal(text_of(first(data, "findings"), "message"), "<!-- ]]> & <U+2028> '\"</SCRIPT >");
	assert_string_equal(text_of(first(data, "files"), "name"), "</script><script>a()</script>.c");
	from = strstr(page, "id=\"data\">") + 10;
	for (; strncmp(from, "</script>", 9); from++) {
		assert_true(*from != '<' && *from != '>' && *from != '&');
		assert_true(*from >= 0x20 && *from < 0x7f);
	}
	assert_null(strstr(page, "a()</script>"));
	json_decref(data);
	free(page);
	analysis_free(&analysis);
}

static void the_policy_lets_the_two_parts_of_the_page_in(void **state)
{
	struct analysis analysis = analysis_of("[]");
	char *page = page_of(&analysis);

	(void)state;
	assert_non_null(strstr(page, "default-src 'none'; style-src 'sha256-"));
	assert_non_null(strstr(page, "; script-src 'sha256-"));
	assert_null(strstr(page, "unsafe-"));
	assert_null(strstr(page, "{{"));
	assert_null(strstr(page, "http://"));
	assert_null(strstr(page, "https://"));
	free(page);
	analysis_free(&analysis);
}

static void the_same_results_are_the_same_bytes(void **state)
{
	struct analysis analysis = analysis_of("[" FINDING("a.c", "2", "m", "f", "") "]");
	char *page, *again;

	(void)state;
	put("a.c", "one\ntwo\n", 8);
	page = page_of(&analysis);
	analysis.results.seconds = 7;
	again = page_of(&analysis);
	assert_string_equal(page, again);
	free(again);
	free(page);
	analysis_free(&analysis);
}

static void a_second_finding_of_a_fingerprint_has_a_name_of_its_own(void **state)
{
	struct analysis analysis = analysis_of("[" FINDING("a.c", "1", "m", "f", "") "," FINDING("a.c", "2", "m", "f", "") "]");
	json_t *data, *findings;

	(void)state;
	json_array_append_new(analysis.results.suppressed,
			      json_loads(FINDING("a.c", "3", "m", "f", ",\"suppression\":{\"kind\":\"inSource\",\"reason\":\"r\","
								       "\"file\":\"a.c\",\"line\":3}"), 0, NULL));
	data = html_data(&analysis);
	findings = json_object_get(data, "findings");
	assert_string_equal(text_of(json_array_get(findings, 0), "id"), "f");
	assert_string_equal(text_of(json_array_get(findings, 1), "id"), "f:2");
	assert_string_equal(text_of(json_array_get(findings, 2), "id"), "f:3");
	assert_string_equal(text_of(json_array_get(findings, 0), "state"), "open");
	assert_string_equal(text_of(json_array_get(findings, 2), "state"), "suppressed");
	assert_string_equal(text_of(json_object_get(json_array_get(findings, 2), "suppression"), "reason"), "r");
	json_decref(data);
	analysis_free(&analysis);
}

#define STEP(line, side) "{\"file\":\"a.c\",\"line\":" line ",\"column\":2,\"message\":\"m\",\"side\":\"" side "\"}"

static void the_touch_is_the_last_step_of_the_operation(void **state)
{
	struct analysis analysis = analysis_of(
		"[" FINDING("a.c", "1", "m", "f", ",\"notes\":[" STEP("5", "operation") "," STEP("1", "unbind") ","
			    STEP("7", "operation") "," STEP("9", "unbind") "]") ","
		FINDING("a.c", "1", "m", "g", ",\"notes\":[" STEP("1", "unbind") "," STEP("2", "unbind") "]") ","
		FINDING("a.c", "1", "m", "h", "") "]");
	json_t *data = html_data(&analysis), *findings = json_object_get(data, "findings");

	(void)state;
	assert_int_equal(json_integer_value(json_object_get(json_array_get(findings, 0), "touch")), 2);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(findings, 1), "touch")), 1);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(findings, 2), "touch")), -1);
	json_decref(data);
	analysis_free(&analysis);
}

static void the_subsystem_is_two_folders(void **state)
{
	static const struct {
		const char *file, *expected;
	} cases[] = {{"drivers/usb/misc/a.c", "drivers/usb"}, {"drivers/usb/a.c", "drivers/usb"}, {"fs/a.c", "fs"},
		     {"a.c", ""},			      {"/tmp/x/y/a.c", "/tmp/x"},	  {"/a.c", ""}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *findings = format("[{\"rule\":\"R\",\"file\":\"%s\",\"line\":1,\"message\":\"m\",\"fingerprint\":\"f\"}]",
					cases[i].file);
		struct analysis analysis = analysis_of(findings);
		json_t *data = html_data(&analysis);

		assert_string_equal(text_of(first(data, "findings"), "subsystem"), cases[i].expected);
		json_decref(data);
		analysis_free(&analysis);
		free(findings);
	}
}

static void excerpts_hold_each_line_once(void **state)
{
	char text[600] = "";
	struct analysis analysis;
	json_t *data;
	const json_t *parts;

	(void)state;
	for (int i = 1; i <= 60; i++)
		sprintf(text + strlen(text), "line %d\n", i);
	put("a.c", text, strlen(text));
	analysis = analysis_of("[" FINDING("a.c", "2", "m", "f", "") "," FINDING("a.c", "11", "m", "g", "") ","
			       FINDING("a.c", "11", "n", "h", "") "," FINDING("a.c", "58", "m", "i", "") "]");
	data = html_data(&analysis);
	parts = json_object_get(first(data, "files"), "parts");
	// 1..6 and 7..15 touch, 54..60 ends with the file.
	assert_int_equal(json_array_size(parts), 2);
	assert_int_equal(json_integer_value(json_array_get(json_array_get(parts, 0), 0)), 1);
	assert_int_equal(json_array_size(json_array_get(parts, 0)), 1 + 15);
	assert_string_equal(json_string_value(json_array_get(json_array_get(parts, 0), 11)), "line 11");
	assert_int_equal(json_integer_value(json_array_get(json_array_get(parts, 1), 0)), 54);
	assert_int_equal(json_array_size(json_array_get(parts, 1)), 1 + 7);
	json_decref(data);
	analysis_free(&analysis);
}

static void a_source_that_cannot_be_read_is_said(void **state)
{
	struct analysis analysis = analysis_of("[" FINDING("none.c", "1", "m", "f", "") "," FINDING("folder", "1", "m", "g", "") ","
					       FINDING("pipe", "1", "m", "h", "") "," FINDING("/etc/passwd", "1", "m", "i", "") ","
					       FINDING("../../etc/passwd", "1", "m", "j", "") "," FINDING("short.c", "9", "m", "k", "") "]");
	static const char *const expected[] = {"No such file or directory", "not a plain file", "not a plain file",
					       "outside the tree that was analysed", "outside the tree that was analysed"};
	json_t *data, *files;

	(void)state;
	assert_int_equal(mkdir("folder", 0755), 0);
	assert_int_equal(mkfifo("pipe", 0644), 0);
	put("short.c", "one\n", 4);
	data = html_data(&analysis);
	files = json_object_get(data, "files");
	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
		assert_string_equal(text_of(json_array_get(files, i), "fault"), expected[i]);
		assert_null(json_object_get(json_array_get(files, i), "parts"));
	}
	assert_int_equal(json_array_size(json_object_get(json_array_get(files, 5), "parts")), 0);
	json_decref(data);
	analysis_free(&analysis);
}

static void what_is_gone_has_no_source(void **state)
{
	struct analysis analysis = analysis_of("[]");
	json_t *data;

	(void)state;
	put("a.c", "one\n", 4);
	analysis.results.baselined = true;
	json_array_append_new(analysis.results.gone, json_loads(FINDING("a.c", "1", "m", "f", ""), 0, NULL));
	data = html_data(&analysis);
	assert_string_equal(text_of(first(data, "findings"), "state"), "gone");
	assert_null(json_object_get(first(data, "files"), "parts"));
	json_decref(data);
	analysis_free(&analysis);
}

static void what_was_not_analysed_is_there(void **state)
{
	struct analysis analysis = analysis_of("[]");
	json_t *data, *trouble;

	(void)state;
	analysis.units.at = allocate(sizeof(*analysis.units.at));
	analysis.units.count = 1;
	analysis.units.at[0] = (struct unit){.name = copy("bad.c"), .fault = format("in %s/b.h: odd %s/c.h", home, home), .mismatch = copy("odd")};
	analysis.complete = false;
	json_array_append_new(analysis.results.stops, json_pack("{s:s, s:s}", "file", "a.c", "function", "f"));
	json_array_append_new(analysis.results.gaps, json_pack("{s:s, s:[s], s:[s]}", "file", "a.c", "missing", "b.c: lost",
							       "unresolved", "g"));
	json_array_append_new(analysis.results.unread, json_pack("{s:s, s:i, s:i, s:i}", "file", "a.c", "unread", 2, "lines", 9,
								 "first_unread", 4));
	json_array_append_new(analysis.problems, json_pack("{s:s, s:s}", "file", "c.c", "detail", "damaged"));
	data = html_data(&analysis);
	trouble = json_object_get(data, "trouble");
	assert_true(json_is_false(json_object_get(trouble, "complete")));
	assert_int_equal(json_array_size(json_object_get(trouble, "failed")), 2);
	assert_string_equal(text_of(first(trouble, "failed"), "why"), "in b.h: odd c.h");
	assert_string_equal(text_of(first(trouble, "stops"), "why"), "f");
	assert_int_equal(json_array_size(json_object_get(trouble, "gaps")), 3);
	assert_string_equal(text_of(first(trouble, "unread"), "why"),
			    "2 of 9 lines left out by spatch, the first error in line 4");
	json_decref(data);
	analysis_free(&analysis);
}

#define ROW(file, table, state, fences)                                                                              \
	"{\"file\":\"" file "\",\"table\":\"" table "\",\"slot\":\"read\",\"function\":\"f\",\"command\":\"\",\"line\":1," \
	"\"state\":\"" state "\",\"reason\":\"\",\"fences\":[" fences "]}"

static void tables_without_a_word_to_say_are_left_out_and_counted(void **state)
{
	struct analysis analysis = analysis_of("[" FINDING("found.c", "1", "m", "f", "") "]");
	json_t *data, *tables, *left;

	(void)state;
	json_decref(analysis.results.coverage);
	analysis.results.coverage = json_loads(
		"[" ROW("found.c", "a", "own memory only", "") "," ROW("plain.c", "b", "own memory only", "") ","
		ROW("plain.c", "b", "not analysed", "") "," ROW("open.c", "c", "not fenced", "") ","
		ROW("safe.c", "d", "fenced", "{\"struct\":\"p\",\"lock\":\"l\",\"predicate\":\"x\"}") "]", 0, NULL);
	data = html_data(&analysis);
	tables = json_object_get(data, "tables");
	left = json_object_get(data, "left_out");
	assert_int_equal(json_array_size(tables), 3);
	assert_string_equal(text_of(json_array_get(tables, 2), "table"), "d");
	assert_string_equal(text_of(first(json_array_get(tables, 2), "fences"), "title"), "p.l, tests x");
	assert_int_equal(json_integer_value(json_object_get(left, "tables")), 1);
	assert_int_equal(json_integer_value(json_object_get(left, "rows")), 2);
	json_decref(data);
	analysis_free(&analysis);
}

static void bytes_become_what_can_be_seen(void **state)
{
	static const struct {
		const char *bytes, *expected;
		size_t length, most;
	} cases[] = {
		{"plain\t\xc3\xa9", "plain\t\xc3\xa9", 8, 100},
		{"a\0b\x1b[31m\x7f", "a\xe2\x90\x80" "b\xe2\x90\x9b[31m\xe2\x90\xa1", 9, 100},
		{"\xff\xc3(\xed\xa0\x80\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 8, 100},
		{"\xc2\x85", "\xef\xbf\xbd", 2, 100},
		{"x\xe2\x80\xaey\xe2\x80\x8bz", "x<U+202E>y<U+200B>z", 9, 100},
		{"\xf0\x9f\x90\xa7", "\xf0\x9f\x90\xa7", 4, 100},
		{"\xf5\x80\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 4, 100},
		{"abcdef", "abc\xe2\x80\xa6", 6, 3},
		{"ab\xc3\xa9" "cd", "ab\xe2\x80\xa6", 6, 3},
		{"abc", "abc", 3, 3},
		{"\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd", 2, 100},
		{"", "", 0, 100},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *made = printable(cases[i].bytes, cases[i].length, cases[i].most);

		assert_string_equal(made, cases[i].expected);
		free(made);
	}
}

static void long_lines_are_cut(void **state)
{
	struct analysis analysis = analysis_of("[" FINDING("a.c", "1", "m", "f", "") "]");
	char *text = allocate(100001);
	json_t *data;
	const char *line;

	(void)state;
	memset(text, 'x', 100000);
	put("a.c", text, 100000);
	data = html_data(&analysis);
	line = json_string_value(json_array_get(json_array_get(json_object_get(first(data, "files"), "parts"), 0), 1));
	assert_int_equal(strlen(line), EXCERPT_WIDTH + 3);
	json_decref(data);
	free(text);
	analysis_free(&analysis);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_in_it_ends_its_element),
		cmocka_unit_test(the_policy_lets_the_two_parts_of_the_page_in),
		cmocka_unit_test(the_same_results_are_the_same_bytes),
		cmocka_unit_test(a_second_finding_of_a_fingerprint_has_a_name_of_its_own),
		cmocka_unit_test(the_touch_is_the_last_step_of_the_operation),
		cmocka_unit_test(the_subsystem_is_two_folders),
		cmocka_unit_test(excerpts_hold_each_line_once),
		cmocka_unit_test(a_source_that_cannot_be_read_is_said),
		cmocka_unit_test(what_is_gone_has_no_source),
		cmocka_unit_test(what_was_not_analysed_is_there),
		cmocka_unit_test(tables_without_a_word_to_say_are_left_out_and_counted),
		cmocka_unit_test(bytes_become_what_can_be_seen),
		cmocka_unit_test(long_lines_are_cut),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
