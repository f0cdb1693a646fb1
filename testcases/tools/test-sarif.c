// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a SARIF log says of results, member by member; e2e-sarif.c asks the schema.

#include "test.h"

#include <stdio.h>
#include <unistd.h>

#include "canned.h"
#include "files.h"
#include "rules.h"
#include "sarif.h"
#include "utf8.h"

// "results.0.level" below the only run; NULL where there is none.
static const json_t *in_run(const json_t *log, const char *path)
{
	const json_t *at = json_array_get(json_object_get(log, "runs"), 0);
	char *copied = copy(path), *left = copied, *word;

	assert_int_equal(json_array_size(json_object_get(log, "runs")), 1);
	while (at && (word = strsep(&left, ".")))
		at = json_is_array(at) ? json_array_get(at, (size_t)atoi(word)) : json_object_get(at, word);
	free(copied);
	return at;
}

#define assert_text(log, path, expected)                                                                           \
	do {                                                                                                       \
		assert_non_null(in_run(log, path));                                                                \
		assert_string_equal(json_string_value(in_run(log, path)), expected);                               \
	} while (0)
#define assert_number(log, path, expected)                                                                         \
	do {                                                                                                       \
		assert_non_null(in_run(log, path));                                                                \
		assert_int_equal(json_integer_value(in_run(log, path)), expected);                                 \
	} while (0)

static json_t *log_of(const struct analysis *analysis)
{
	struct left_out left;
	json_t *log = sarif_log(analysis, &left);

	assert_non_null(log);
	assert_int_equal(left.results + left.places + left.steps, 0);
	return log;
}

// The log of these findings alone. Takes them.
static json_t *log_with(json_t *finding, json_t *other)
{
	struct analysis analysis = canned_analysis("/src");
	json_t *log;

	json_array_append_new(analysis.results.findings, finding);
	if (other)
		json_array_append_new(analysis.results.findings, other);
	log = log_of(&analysis);
	analysis_free(&analysis);
	return log;
}

static void a_finding_is_a_result(void **state)
{
	json_t *log = log_with(canned_finding("TeardownOrder", "high", 20, "f1"), NULL);
	char path[64];

	(void)state;
	assert_string_equal(json_string_value(json_object_get(log, "version")), "2.1.0");
	assert_text(log, "tool.driver.name", "strongfence");
	assert_text(log, "tool.driver.semanticVersion", STRONGFENCE_VERSION);
	assert_int_equal(json_array_size(in_run(log, "results")), 1);
	assert_text(log, "results.0.ruleId", "TeardownOrder");
	snprintf(path, sizeof(path), "tool.driver.rules.%d.id",
		 (int)json_integer_value(in_run(log, "results.0.ruleIndex")));
	assert_text(log, path, "TeardownOrder");
	assert_text(log, "results.0.level", "error");
	assert_text(log, "results.0.message.text",
		    "'thing_read' reads 'base' that 'thing_remove' unmaps, and no fence excludes the two");
	assert_text(log, "results.0.locations.0.physicalLocation.artifactLocation.uri", "drivers/a/thing.c");
	assert_text(log, "results.0.locations.0.physicalLocation.artifactLocation.uriBaseId", "SRCROOT");
	assert_number(log, "results.0.locations.0.physicalLocation.region.startLine", 20);
	assert_number(log, "results.0.locations.0.physicalLocation.region.startColumn", 2);
	assert_text(log, "results.0.locations.0.logicalLocations.0.name", "thing_touch");
	assert_text(log, "results.0.partialFingerprints.strongfence/v1", "f1");
	assert_text(log, "results.0.properties.severity", "high");
	assert_text(log, "results.0.properties.door", "thing_read");
	assert_text(log, "results.0.properties.engines.0", "clang");
	assert_text(log, "originalUriBaseIds.SRCROOT.uri", "file:///src/");
	// What was not asked is not said.
	assert_null(in_run(log, "results.0.baselineState"));
	assert_null(in_run(log, "results.0.suppressions"));
	assert_null(in_run(log, "results.0.relatedLocations"));
	json_decref(log);
}

static void each_severity_has_a_level_that_is_shown(void **state)
{
	static const char *const levels[][2] = {
		{"high", "error"}, {"medium", "warning"}, {"low", "note"}, {"info", "note"}};

	(void)state;
	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++) {
		json_t *log = log_with(canned_finding("UnfencedFileOp", levels[i][0], 20, "f1"), NULL);

		assert_text(log, "results.0.level", levels[i][1]);
		assert_text(log, "results.0.properties.severity", levels[i][0]);
		json_decref(log);
	}
}

static void the_two_sides_are_threads_in_one_order(void **state)
{
	static const char *const essential[] = {"important", "essential"};
	json_t *log = log_with(canned_finding("UnfencedFileOp", "high", 20, "f1"), NULL);
	const json_t *flows = in_run(log, "results.0.codeFlows");

	(void)state;
	assert_int_equal(json_array_size(flows), 1);
	assert_int_equal(json_array_size(in_run(log, "results.0.codeFlows.0.threadFlows")), 2);
	assert_text(log, "results.0.codeFlows.0.threadFlows.0.id", "thing_read");
	assert_text(log, "results.0.codeFlows.0.threadFlows.1.id", "thing_remove");
#define FLOW "results.0.codeFlows.0.threadFlows."
	assert_int_equal(json_array_size(in_run(log, FLOW "0.locations")), 2);
	assert_int_equal(json_array_size(in_run(log, FLOW "1.locations")), 2);
	assert_number(log, FLOW "0.locations.0.executionOrder", 1);
	assert_number(log, FLOW "1.locations.0.executionOrder", 2);
	assert_number(log, FLOW "1.locations.1.executionOrder", 3);
	assert_number(log, FLOW "0.locations.1.executionOrder", 4);
	assert_text(log, FLOW "0.locations.1.location.message.text", "Reads 'base'");
	assert_text(log, FLOW "1.locations.1.location.message.text", "Unmaps 'base'");
	assert_number(log, FLOW "1.locations.1.location.physicalLocation.region.startLine", 31);
	for (int side = 0; side < 2; side++)
		for (int step = 0; step < 2; step++) {
			char path[96];

			snprintf(path, sizeof(path), FLOW "%d.locations.%d.importance", side, step);
			assert_text(log, path, essential[step]);
		}
	json_decref(log);
}

static void a_story_with_one_side_is_one_thread(void **state)
{
	json_t *finding = canned_finding("FreedUnderOpenFile", "high", 20, "f1"), *log;

	(void)state;
	json_array_remove(json_object_get(finding, "notes"), 0);
	json_array_remove(json_object_get(finding, "notes"), 2);
	log = log_with(finding, canned_finding("UnfencedFileOp", "high", 90, "f2"));
	assert_int_equal(json_array_size(in_run(log, "results.0.codeFlows.0.threadFlows")), 1);
	assert_text(log, "results.0.codeFlows.0.threadFlows.0.id", "thing_remove");
	assert_number(log, "results.0.codeFlows.0.threadFlows.0.locations.0.executionOrder", 1);
	json_decref(log);
	finding = canned_finding("UnfencedFileOp", "high", 20, "f1");
	json_object_del(finding, "notes");
	log = log_with(finding, NULL);
	assert_null(in_run(log, "results.0.codeFlows"));
	json_decref(log);
	// Both sides in one function.
	finding = canned_finding("TeardownOrder", "high", 20, "f1");
	json_object_set_new(finding, "door", json_string("thing_remove"));
	log = log_with(finding, NULL);
	assert_text(log, "results.0.codeFlows.0.threadFlows.0.id", "thing_remove");
	assert_text(log, "results.0.codeFlows.0.threadFlows.1.id", "thing_remove (unbind)");
	json_decref(log);
}

static void further_places_are_related(void **state)
{
	json_t *finding = canned_finding("DevmOnClassDevice", "medium", 20, "f1"), *log;

	(void)state;
	json_object_set_new(finding, "also", json_pack("[{s:s, s:i}, {s:s, s:i}]", "file", "drivers/a/thing.c", "line",
						       31, "file", "drivers/a/core.c", "line", 7));
	log = log_with(finding, NULL);
	assert_int_equal(json_array_size(in_run(log, "results.0.relatedLocations")), 2);
	assert_number(log, "results.0.relatedLocations.0.id", 1);
	assert_number(log, "results.0.relatedLocations.1.id", 2);
	assert_text(log, "results.0.relatedLocations.1.physicalLocation.artifactLocation.uri", "drivers/a/core.c");
	assert_number(log, "results.0.relatedLocations.1.physicalLocation.region.startLine", 7);
	assert_text(log, "results.0.relatedLocations.1.message.text", "The same");
	json_decref(log);
}

static void a_fingerprint_holds_neither_line_nor_folder(void **state)
{
	json_t *first = canned_finding("UnfencedFileOp", "high", 20, "f1");
	json_t *second = canned_finding("UnfencedFileOp", "high", 50, "f1"), *moved[2], *log, *later;
	char *before, *after;

	(void)state;
	moved[0] = json_deep_copy(first);
	moved[1] = json_deep_copy(second);
	for (size_t i = 0; i < 2; i++) {
		json_object_set_new(moved[i], "file", json_string("drivers/elsewhere/thing.c"));
		json_object_set_new(moved[i], "line", json_integer(120 + 10 * (int)i));
	}
	// The record may have them in any order.
	log = log_with(second, first);
	later = log_with(moved[0], moved[1]);
	assert_number(log, "results.0.locations.0.physicalLocation.region.startLine", 20);
	assert_text(log, "results.0.partialFingerprints.strongfence/v1", "f1");
	assert_text(log, "results.1.partialFingerprints.strongfence/v1", "f1:2");
	assert_text(log, "results.0.partialFingerprints.primaryLocationLineHash", "f1:1");
	assert_text(log, "results.1.partialFingerprints.primaryLocationLineHash", "f1:2");
	for (int i = 0; i < 2; i++) {
		char path[64];

		snprintf(path, sizeof(path), "results.%d.partialFingerprints", i);
		before = json_dumps(in_run(log, path), 0);
		after = json_dumps(in_run(later, path), 0);
		assert_string_equal(before, after);
		free(before);
		free(after);
	}
	json_decref(later);
	json_decref(log);
}

static const json_t *result_at(const json_t *log, const char *rule, int line)
{
	const json_t *results = in_run(log, "results"), *result;
	size_t i;

	json_array_foreach(results, i, result) {
		const json_t *location = json_array_get(json_object_get(result, "locations"), 0);
		const json_t *region = json_object_get(json_object_get(location, "physicalLocation"), "region");

		if (!strcmp(json_string_value(json_object_get(result, "ruleId")), rule) &&
		    json_integer_value(json_object_get(region, "startLine")) == line)
			return result;
	}
	fail_msg("no result of %s in line %d", rule, line);
	return NULL;
}

static void assert_state(const json_t *log, const char *rule, int line, const char *expected)
{
	assert_string_equal(json_string_value(json_object_get(result_at(log, rule, line), "baselineState")), expected);
}

static void against_a_baseline_every_result_has_a_state(void **state)
{
	struct analysis analysis = canned_everything("/src");
	json_t *log = log_of(&analysis);

	(void)state;
	assert_int_equal(json_array_size(in_run(log, "results")), 6);
	assert_state(log, "UnfencedFileOp", 20, "new");
	assert_state(log, "RacyAliveCheck", 40, "new");
	assert_state(log, "TeardownOrder", 60, "unchanged");
	assert_state(log, "UnfencedFileOp", 5, "absent");
	assert_state(log, "UnreferencedOpen", 30, "unchanged");
	// The one that is gone has the fingerprint of one that is there, which keeps it.
	assert_text(log, "results.5.partialFingerprints.strongfence/v1", "f1:2");
	json_decref(log);
	// An empty baseline is one.
	json_array_clear(analysis.results.known);
	json_array_clear(analysis.results.gone);
	log = log_of(&analysis);
	assert_state(log, "UnfencedFileOp", 20, "new");
	json_decref(log);
	analysis_free(&analysis);
}

static void a_rule_of_another_version_has_no_index(void **state)
{
	struct analysis analysis = canned_analysis("/src");
	json_t *log;

	(void)state;
	analysis.results.baselined = true;
	json_array_append_new(analysis.results.gone, canned_finding("OldRule", "high", 20, "f1"));
	log = log_of(&analysis);
	assert_text(log, "results.0.ruleId", "OldRule");
	assert_null(in_run(log, "results.0.ruleIndex"));
	json_decref(log);
	analysis_free(&analysis);
}

static void what_is_suppressed_says_why(void **state)
{
	struct analysis analysis = canned_everything("/src");
	json_t *log = log_of(&analysis);
	const json_t *results = in_run(log, "results"), *result, *one;
	size_t i, suppressed = 0;

	(void)state;
	// The standard wants the member for all results of a run or for none.
	json_array_foreach(results, i, result) {
		assert_true(json_is_array(json_object_get(result, "suppressions")));
		suppressed += json_array_size(json_object_get(result, "suppressions"));
	}
	assert_int_equal(suppressed, 2);
	one = json_array_get(json_object_get(result_at(log, "UnreferencedOpen", 30), "suppressions"), 0);
	assert_string_equal(json_string_value(json_object_get(one, "kind")), "inSource");
	assert_string_equal(json_string_value(json_object_get(one, "justification")), "the port is never unplugged");
	one = json_array_get(json_object_get(result_at(log, "TeardownHang", 35), "suppressions"), 0);
	assert_string_equal(json_string_value(json_object_get(one, "kind")), "external");
	one = json_object_get(json_object_get(one, "location"), "physicalLocation");
	assert_string_equal(json_string_value(json_object_get(json_object_get(one, "artifactLocation"), "uri")),
			    ".strongfence.yaml");
	assert_int_equal(json_integer_value(json_object_get(json_object_get(one, "region"), "startLine")), 7);
	json_decref(log);
	analysis_free(&analysis);
}

static void assert_notice(const json_t *log, const char *kind, const char *level, const char *text)
{
	const json_t *notices = in_run(log, "invocations.0.toolExecutionNotifications"), *notice, *known;
	size_t i;

	json_array_foreach(notices, i, notice) {
		const json_t *descriptor = json_object_get(notice, "descriptor");
		char path[64];

		if (strcmp(json_string_value(json_object_get(descriptor, "id")), kind))
			continue;
		snprintf(path, sizeof(path), "tool.driver.notifications.%d.id",
			 (int)json_integer_value(json_object_get(descriptor, "index")));
		known = in_run(log, path);
		assert_string_equal(json_string_value(known), kind);
		assert_string_equal(json_string_value(json_object_get(notice, "level")), level);
		assert_string_equal(
			json_string_value(json_object_get(json_object_get(notice, "message"), "text")), text);
		return;
	}
	fail_msg("no notification %s", kind);
}

static void what_was_not_done_is_notified(void **state)
{
	struct analysis analysis = canned_everything("/src");
	json_t *log = log_of(&analysis);

	(void)state;
	assert_true(json_is_false(in_run(log, "invocations.0.executionSuccessful")));
	assert_number(log, "invocations.0.exitCode", 2);
	assert_notice(log, "unit-failed", "error", "drivers/b/x\\xff.c: its compile command is not UTF-8");
	assert_notice(log, "spatch-failed", "error", "drivers/a/thing.c: spatch: parse-error: a rule took too long");
	assert_notice(log, "facts-failed", "warning", "drivers/b/mate.c: parse-error: expected '}}'");
	assert_notice(log, "path-left-out", "error", "Some of the paths that were named have no compile commands");
	assert_notice(log, "budget-stop", "warning",
		      "drivers/a/thing.c: the budget ended the exploration of thing_ioctl");
	assert_notice(log, "facts-missing", "warning",
		      "drivers/a/thing.c: checked without the facts of drivers/a/core.c: crash");
	assert_notice(log, "function-unknown", "note",
		      "drivers/a/thing.c: what is known of thing_lock could not be used");
	assert_notice(log, "partly-parsed", "warning",
		      "drivers/a/thing.c: spatch left out 5 of 100 lines, the first error in line 17");
	assert_notice(log, "units-set-aside", "note", "2 units with nothing to look for not analysed");
	assert_notice(log, "below-severity", "note", "4 findings below the asked severity not shown");
	assert_notice(log, "rules-without-script", "note", "spatch looks for 0 of 11 rules");
	// Nothing of a name is lost: its bytes are in the URI.
	assert_text(log, "invocations.0.toolExecutionNotifications.1.locations.0.physicalLocation.artifactLocation.uri",
		    "drivers/b/x%FF.c");
	json_decref(log);
	analysis_free(&analysis);
}

static void a_whole_run_has_nothing_to_notify(void **state)
{
	struct analysis analysis = canned_analysis("/src");
	json_t *log;

	(void)state;
	analysis.results.analysed = 3;
	log = log_of(&analysis);
	assert_true(json_is_true(in_run(log, "invocations.0.executionSuccessful")));
	assert_number(log, "invocations.0.exitCode", 0);
	assert_number(log, "invocations.0.properties.unitsAnalysed", 3);
	assert_int_equal(json_array_size(in_run(log, "invocations.0.toolExecutionNotifications")), 0);
	assert_true(json_is_array(in_run(log, "results")));
	json_array_append_new(analysis.results.findings, canned_finding("UnfencedFileOp", "low", 2, "f"));
	json_decref(log);
	log = log_of(&analysis);
	assert_true(json_is_true(in_run(log, "invocations.0.executionSuccessful")));
	assert_number(log, "invocations.0.exitCode", 1);
	json_decref(log);
	analysis_free(&analysis);
}

static void names_become_uris(void **state)
{
	static const char *const names[][2] = {
		{"a b.c", "a%20b.c"}, {"sp:ace=#?.c", "sp%3Aace=%23%3F.c"}, {"new\nline.c", "new%0Aline.c"},
		{"caf\xc3\xa9.c", "caf%C3%A9.c"}, {"100%.c", "100%25.c"}, {"x\xff.c", "x%FF.c"},
		{"a[0]{1}\\\"<|>^`.c", "a%5B0%5D%7B1%7D%5C%22%3C%7C%3E%5E%60.c"}, {"+,~@'.c", "+,~@'.c"},
		{"/usr/include/a b.h", "file:///usr/include/a%20b.h"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *uri = location_uri(names[i][0]);

		assert_string_equal(uri, names[i][1]);
		free(uri);
	}
}

static void what_is_outside_the_root_is_absolute(void **state)
{
	json_t *finding = canned_finding("UnfencedFileOp", "high", 20, "f1"), *log;

	(void)state;
	json_object_set_new(finding, "file", json_string("/elsewhere/a b.c"));
	log = log_with(finding, NULL);
	assert_text(log, "results.0.locations.0.physicalLocation.artifactLocation.uri", "file:///elsewhere/a%20b.c");
	assert_null(in_run(log, "results.0.locations.0.physicalLocation.artifactLocation.uriBaseId"));
	json_decref(log);
}

static void the_root_ends_with_a_slash(void **state)
{
	static const char *const roots[][2] = {
		{"/", "file:///"}, {"/a b", "file:///a%20b/"}, {"/x\xff", "file:///x%FF/"}};

	(void)state;
	for (size_t i = 0; i < sizeof(roots) / sizeof(*roots); i++) {
		struct analysis analysis = canned_analysis(roots[i][0]);
		json_t *log = log_of(&analysis);

		assert_text(log, "originalUriBaseIds.SRCROOT.uri", roots[i][1]);
		json_decref(log);
		analysis_free(&analysis);
	}
}

static void braces_are_doubled(void **state)
{
	json_t *finding = canned_finding("UnfencedFileOp", "high", 20, "f1"), *log;

	(void)state;
	json_object_set_new(finding, "message", json_string("'{0}' is no placeholder"));
	log = log_with(finding, NULL);
	assert_text(log, "results.0.message.text", "'{{0}}' is no placeholder");
	json_decref(log);
}

static void columns_are_characters(void **state)
{
	static const char source[] = "int a;\n"
				     "/* \xc3\xa9\xe2\x82\xac */ read(x);\n" // 2 characters of 5 bytes
				     "/* \xe9 */ read(x);\n"			   // not UTF-8
				     "x";
	static const struct {
		int line, column, start, end;
	} places[] = {
		{2, 13, 10, 14}, {3, 9, 9, 13}, {1, 5, 5, 6}, {1, 6, 6, 7},
		{2, 0, 1, 18},   // the whole line
		{4, 1, 1, 2},
		{9, 5, 5, 6},    // the file is another one than it was
	};
	char folder[] = "/tmp/strongfence-test-XXXXXX";
	char *path;

	(void)state;
	assert_non_null(mkdtemp(folder));
	path = path_join(folder, "a.c");
	assert_int_equal(file_write(path, source, sizeof(source) - 1), 0);
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		struct analysis analysis = canned_analysis(folder);
		json_t *finding = canned_finding("UnfencedFileOp", "high", places[i].line, "f1"), *log;

		json_object_set_new(finding, "file", json_string("a.c"));
		json_object_set_new(finding, "column", json_integer(places[i].column));
		json_array_append_new(analysis.results.findings, finding);
		log = log_of(&analysis);
		assert_text(log, "columnKind", "unicodeCodePoints");
#define REGION "results.0.locations.0.physicalLocation.region."
		assert_number(log, REGION "startLine", places[i].line);
		assert_number(log, REGION "startColumn", places[i].start);
		assert_number(log, REGION "endLine", places[i].line);
		assert_number(log, REGION "endColumn", places[i].end);
		json_decref(log);
		analysis_free(&analysis);
	}
	free(path);
	remove_tree(folder);
}

static void what_is_not_utf8_is_shown_as_bytes(void **state)
{
	static const char *const texts[][2] = {
		{"caf\xc3\xa9 \xf0\x9f\x90\xa7", "caf\xc3\xa9 \xf0\x9f\x90\xa7"}, {"\xff", "\\xff"},
		{"a\xc3", "a\\xc3"}, {"\xc0\xaf", "\\xc0\\xaf"}, {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
		{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, {"\xe2\x82x", "\\xe2\\x82x"}, {"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		char *text = utf8_text(texts[i][0]);
		json_t *taken = json_string(text);

		assert_string_equal(text, texts[i][1]);
		assert_non_null(taken);
		json_decref(taken);
		free(text);
	}
	assert_int_equal(utf8_count("\xc3\xa9\xff" "a", 4), 3);
}

static void the_same_results_give_the_same_log(void **state)
{
	struct analysis one = canned_everything("/src"), other = canned_everything("/src");
	char *left = NULL, *right = NULL;
	size_t length;
	FILE *to = open_memstream(&left, &length);

	(void)state;
	other.results.seconds = 7;
	sarif_write(to, &one);
	fclose(to);
	to = open_memstream(&right, &length);
	sarif_write(to, &other);
	fclose(to);
	assert_true(length > 1000);
	assert_string_equal(left, right);
	assert_null(strstr(left, "Utc"));
	free(left);
	free(right);
	analysis_free(&one);
	analysis_free(&other);
}

static void every_rule_is_explained(void **state)
{
	struct analysis analysis = canned_analysis("/src");
	json_t *log = log_of(&analysis);
	const json_t *list = in_run(log, "tool.driver.rules"), *rule;
	size_t i;

	(void)state;
	assert_int_equal(json_array_size(list), rule_count);
	json_array_foreach(list, i, rule) {
		const char *brief, *full, *text, *uri = json_string_value(json_object_get(rule, "helpUri"));

		assert_string_equal(json_string_value(json_object_get(rule, "id")), rules[i].key);
		// A scheme and then no byte that a URI cannot have; the rule is in it.
		assert_int_equal(strspn(uri, "abcdefghijklmnopqrstuvwxyz"), strstr(uri, "://") - uri);
		assert_int_equal(strcspn(uri, " \"<>\\^`{|}"), strlen(uri));
		assert_non_null(strstr(uri, rules[i].key));
		brief = json_string_value(json_object_get(json_object_get(rule, "shortDescription"), "text"));
		full = json_string_value(json_object_get(json_object_get(rule, "fullDescription"), "text"));
		text = json_string_value(json_object_get(json_object_get(rule, "help"), "markdown"));
		assert_int_equal(strncmp(brief, rules[i].summary, strlen(rules[i].summary)), 0);
		assert_true(strlen(full) > 20 && strlen(full) < 1024 && !strchr(full, '\n'));
		assert_non_null(strstr(text, rules[i].key));
		assert_true(strlen(text) > 500);
		assert_null(strstr(text, ".md)"));
		assert_null(strstr(text, "SPDX"));
		assert_true(json_array_size(json_object_get(json_object_get(rule, "properties"), "tags")) <= 10);
	}
	json_decref(log);
	analysis_free(&analysis);
}

static void beyond_the_limit_the_most_severe_stay(void **state)
{
	enum { MORE = 3 };
	struct analysis analysis = canned_analysis("/src");
	struct left_out left;
	json_t *log, *finding;
	const json_t *results, *result;
	size_t i, high = 0, low = 0;

	(void)state;
	for (int n = 0; n < SARIF_RESULTS + MORE; n++) {
		char fingerprint[16];

		snprintf(fingerprint, sizeof(fingerprint), "f%d", n);
		// The most severe are the last, where a log that is cut off would lose them.
		finding = canned_finding("UnfencedFileOp", n < SARIF_RESULTS - 2 ? "low" : "high", n + 1, fingerprint);
		json_object_del(finding, "notes");
		json_array_append_new(analysis.results.findings, finding);
	}
	log = sarif_log(&analysis, &left);
	results = in_run(log, "results");
	assert_int_equal(json_array_size(results), SARIF_RESULTS);
	assert_int_equal(left.results, MORE);
	json_array_foreach(results, i, result) {
		const char *level = json_string_value(json_object_get(result, "level"));

		high += !strcmp(level, "error");
		low += !strcmp(level, "note");
	}
	assert_int_equal(high, MORE + 2);
	assert_int_equal(low, SARIF_RESULTS - MORE - 2);
	assert_notice(log, "left-out", "warning", "3 results left out, the least severe");
	json_decref(log);
	analysis_free(&analysis);
}

static void beyond_the_limit_the_ends_of_a_story_stay(void **state)
{
	struct analysis analysis = canned_analysis("/src");
	json_t *finding = canned_finding("UnfencedFileOp", "high", 20, "f1"), *log;
	json_t *notes = json_object_get(finding, "notes"), *also = json_array();
	const json_t *steps, *last;
	struct left_out left;

	(void)state;
	for (int n = 0; n < SARIF_STEPS; n++)
		json_array_insert_new(notes, 1, json_pack("{s:s, s:i, s:s, s:s}", "file", "drivers/a/thing.c", "line",
							  100 + n, "message", "Calling", "side", "operation"));
	for (int n = 0; n < SARIF_LOCATIONS + 5; n++)
		json_array_append_new(also, json_pack("{s:s, s:i}", "file", "drivers/a/thing.c", "line", n + 1));
	json_object_set_new(finding, "also", also);
	json_array_append_new(analysis.results.findings, finding);
	log = sarif_log(&analysis, &left);
	steps = in_run(log, "results.0.codeFlows.0.threadFlows.0.locations");
	last = in_run(log, "results.0.codeFlows.0.threadFlows.1.locations");
	assert_int_equal(json_array_size(steps) + json_array_size(last), SARIF_STEPS);
	assert_int_equal(left.steps, 4);
	last = json_array_get(steps, json_array_size(steps) - 1);
	assert_int_equal(json_integer_value(json_object_get(last, "executionOrder")), SARIF_STEPS + 4);
	assert_text(log, "results.0.codeFlows.0.threadFlows.1.locations.0.location.message.text", "Unmaps 'base'");
	// The place of the result counts.
	assert_int_equal(json_array_size(in_run(log, "results.0.relatedLocations")), SARIF_LOCATIONS - 1);
	assert_int_equal(left.places, 6);
	assert_notice(log, "left-out", "warning", "6 further places of results left out");
	json_decref(log);
	analysis_free(&analysis);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_finding_is_a_result),
		cmocka_unit_test(each_severity_has_a_level_that_is_shown),
		cmocka_unit_test(the_two_sides_are_threads_in_one_order),
		cmocka_unit_test(a_story_with_one_side_is_one_thread),
		cmocka_unit_test(further_places_are_related),
		cmocka_unit_test(a_fingerprint_holds_neither_line_nor_folder),
		cmocka_unit_test(against_a_baseline_every_result_has_a_state),
		cmocka_unit_test(a_rule_of_another_version_has_no_index),
		cmocka_unit_test(what_is_suppressed_says_why),
		cmocka_unit_test(what_was_not_done_is_notified),
		cmocka_unit_test(a_whole_run_has_nothing_to_notify),
		cmocka_unit_test(names_become_uris),
		cmocka_unit_test(what_is_outside_the_root_is_absolute),
		cmocka_unit_test(the_root_ends_with_a_slash),
		cmocka_unit_test(braces_are_doubled),
		cmocka_unit_test(columns_are_characters),
		cmocka_unit_test(what_is_not_utf8_is_shown_as_bytes),
		cmocka_unit_test(the_same_results_give_the_same_log),
		cmocka_unit_test(every_rule_is_explained),
		cmocka_unit_test(beyond_the_limit_the_most_severe_stay),
		cmocka_unit_test(beyond_the_limit_the_ends_of_a_story_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
