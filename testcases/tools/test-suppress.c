// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test.h"

#include <stdio.h>
#include <time.h>

#include "suppress.h"
#include "suppressions.h"
#include "waivers.h"

static struct suppressions parse(const char *text)
{
	struct suppressions list = {0};

	suppressions_parse(text, strlen(text), &list);
	return list;
}

static void free_list(struct suppressions *list)
{
	suppressions_free(list);
	assert_int_equal(list->count, 0);
}

// One suppression of RacyAliveCheck with that reason.
static void assert_one(const char *text, size_t line, size_t covers, const char *reason)
{
	struct suppressions list = parse(text);

	if (list.count != 1 || list.at[0].line != line || list.at[0].covers != covers || list.at[0].fault)
		print_error("%s: %zu, line %zu, covers %zu, %s\n", text, list.count, list.count ? list.at[0].line : 0,
			    list.count ? list.at[0].covers : 0, list.count && list.at[0].fault ? list.at[0].fault : "");
	assert_int_equal(list.count, 1);
	assert_null(list.at[0].fault);
	assert_int_equal(list.at[0].line, line);
	assert_int_equal(list.at[0].covers, covers);
	assert_string_equal(list.at[0].rule, "RacyAliveCheck");
	assert_string_equal(list.at[0].reason, reason);
	free_list(&list);
}

static void assert_fault(const char *text, const char *fault)
{
	struct suppressions list = parse(text);

	assert_int_equal(list.count, 1);
	assert_null(list.at[0].rule);
	assert_non_null(list.at[0].fault);
	assert_string_equal(list.at[0].fault, fault);
	free_list(&list);
}

static void assert_none(const char *text)
{
	struct suppressions list = parse(text);

	if (list.count)
		print_error("not a suppression: %s\n", text);
	assert_int_equal(list.count, 0);
	free_list(&list);
}

#define OK "strongfence: ok RacyAliveCheck - held by the core"
#define REASON "held by the core"

static void on_the_line(void **state)
{
	(void)state;
	assert_one("\nf(); /* " OK " */\ng();\n", 2, 2, REASON);
	assert_one("f(); // " OK "\ng();\n", 1, 1, REASON);
	assert_one("/* " OK " */ f();\n", 1, 1, REASON);
	assert_one("f(a, /* " OK " */\n  b);\n", 1, 1, REASON);
	assert_one("f(); /* " OK "\n */ g();\n", 1, 1, REASON);
	assert_one("f();/*" OK "*/", 1, 1, REASON);
}

static void above_the_line(void **state)
{
	(void)state;
	assert_one("/* " OK " */\nf();\n", 1, 2, REASON);
	assert_one("g();\n\t// " OK "\n\n\t/* why */\n\tf(a,\n\t  b);\n", 2, 5, REASON);
	assert_one("/*\n * " OK "\n */\nf();\n", 2, 4, REASON);
	assert_one("/* " OK " */\n", 1, 0, REASON);
	assert_one("/* " OK "\n */ f();\n", 1, 2, REASON);
	assert_one("/* " OK " */\r\nf();\r\n", 1, 2, REASON);
	assert_one("/* " OK " */\rf();\r", 1, 2, REASON);
}

static void two_comments_above_one_line(void **state)
{
	struct suppressions list = parse("/* " OK " */\n// strongfence: ok TeardownOrder - last\nf();\ng();\n");

	(void)state;
	assert_int_equal(list.count, 2);
	assert_int_equal(list.at[0].covers, 3);
	assert_int_equal(list.at[1].covers, 3);
	assert_string_equal(list.at[1].rule, "TeardownOrder");
	free_list(&list);
}

static void several_rules(void **state)
{
	struct suppressions list =
		parse("/* strongfence: ok RacyAliveCheck,teardown.UnfencedFileOp , RacyAliveCheck -- by hand */ f();");

	(void)state;
	assert_int_equal(list.count, 2);
	assert_string_equal(list.at[0].rule, "RacyAliveCheck");
	assert_string_equal(list.at[1].rule, "UnfencedFileOp");
	assert_string_equal(list.at[0].reason, "by hand");
	assert_string_equal(list.at[1].reason, "by hand");
	assert_int_equal(list.at[1].covers, 1);
	free_list(&list);
}

static void a_reason_of_several_lines(void **state)
{
	(void)state;
	assert_one("/*\n * Text before.\n * strongfence: ok RacyAliveCheck - held\n *\tby the\n * core\n *\n * Text behind.\n"
		   " */\nf();\n",
		   3, 9, "held by the core");
	assert_one("/* strongfence: ok RacyAliveCheck -\n * held by the core **/\nf();\n", 1, 3, REASON);
	assert_one("// strongfence: ok RacyAliveCheck - held \\\n by the core\nf();\n", 1, 3, REASON);
}

static void only_comments_count(void **state)
{
	(void)state;
	assert_none("f(\"/* " OK " */\");\n");
	assert_none("f(\"\\\"/* " OK " */\");\n");
	assert_none("f(\"\\\n/* " OK " */\");\n");
	assert_none("f(\"a\\\\\\\n\\\"// " OK "\");\n");
	assert_none(OK "\n");
	assert_none("a = b / * c; " OK "\n");
	assert_none("/* text, then " OK " */\n");
	assert_none("/* nothing */ f();\n");
	assert_one("f('\"'); /* " OK " */\n", 1, 1, REASON);
	assert_one("f('\\''); /* " OK " */\n", 1, 1, REASON);
	assert_one("#error don't\n/* " OK " */\nf();\n", 2, 3, REASON);
	assert_one("a = b//**/c\n; /* " OK " */\n", 2, 2, REASON);
	assert_one("// one \\\n/* two\n/* " OK " */ f();\n", 3, 3, REASON);
	assert_one("/* // */ f(); /\\\n\\  \n* " OK " *\\\r\n/\n", 3, 1, REASON);
	assert_one("/*/ " OK " */ f();\n", 1, 1, REASON);
}

static void without_effect(void **state)
{
	(void)state;
	assert_fault("f(); /* strongfence: ok RacyAliveCheck */\n", "it gives no reason");
	assert_fault("f(); /* strongfence: ok RacyAliveCheck - */\n", "it gives no reason");
	assert_fault("f(); /* strongfence: ok RacyAliveCheck - ... */\n", "it gives no reason");
	assert_fault("f(); /* strongfence: ok RacyAlive - x */\n", "unknown rule 'RacyAlive'");
	assert_fault("f(); /* strongfence: ok RacyAliveCheck, All - x */\n", "unknown rule 'All'");
	assert_fault("f(); /* strongfence: ok - x */\n", "it names no rule");
	assert_fault("f(); /* strongfence: ok */\n", "it names no rule");
	assert_fault("f(); /* strongfence: ok RacyAliveCheck, - x */\n", "it names no rule");
	assert_fault("f(); /* strongfence: ok RacyAliveCheck because */\n",
		     "neither ',' nor ' - ' follows 'RacyAliveCheck'");
	assert_fault("f(); /* strongfence: okay RacyAliveCheck - x */\n", "'ok RULE - reason' does not follow");
	assert_fault("f(); /* strongfence: ignore */\n", "'ok RULE - reason' does not follow");
}

static void the_reason_is_not_utf8(void **state)
{
	(void)state;
	assert_one("f(); /* strongfence: ok RacyAliveCheck - l\xe4uft */\n", 1, 1, "l\xe4uft");
}

static double seconds_for(const char *piece, size_t count)
{
	size_t length = strlen(piece);
	char *text = allocate(length * count + 64);
	struct suppressions list = {0};
	struct timespec from, to;
	static const char start[] = "// strongfence:\n/*";

	memcpy(text, start, sizeof(start) - 1);
	for (size_t i = 0; i < count; i++)
		memcpy(text + sizeof(start) - 1 + i * length, piece, length);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	suppressions_parse(text, sizeof(start) - 1 + length * count, &list);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	suppressions_free(&list);
	free(text);
	return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

// A quadratic reader takes minutes for any of these.
static void any_bytes_in_linear_time(void **state)
{
	static const char *const pieces[] = {"*",  "/",	   "\\",   "*\\\n", "\\\n", "\"\\\n", "*/ \" /*",
					     "*/", "\\  ", "\n * strongfence: ok", "*/ /* strongfence: ok A",
					     "strongfence: ", "*/'\\\n", "\n", "*///\\\n", "\r", "*/f();/* " OK};

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		double seconds = seconds_for(pieces[i], 1000000 / strlen(pieces[i]));

		if (seconds > 2)
			print_error("'%s' takes %.1f s\n", pieces[i], seconds);
		assert_true(seconds < 2);
	}
}

// Cut anywhere, it reads nothing behind the end: the copies are as long as what is read.
static void cut_anywhere(void **state)
{
	static const char whole[] = "a\\\n'\\''\"\\\"\" /\\\n* " OK ",\r\n * x *\\\n/ // strongfence: ok TeardownOrder \\\n- y";

	(void)state;
	for (size_t from = 0; from < sizeof(whole); from++)
		for (size_t to = from; to < sizeof(whole); to++) {
			char *part = reallocate(NULL, to - from + 1, 1);
			struct suppressions list = {0};

			memcpy(part, whole + from, to - from);
			part = reallocate(part, to - from ? to - from : 1, 1);
			suppressions_parse(part, to - from, &list);
			suppressions_free(&list);
			free(part);
		}
}

static void rows_are_read(void **state)
{
	static const char text[] = "# ours\nsuppress:\n- rule: RacyAliveCheck\n  file: ./drivers/a/*.c\n  reason: >\n    held by\n"
				   "    the core\n- {rule: alpha.teardown.TeardownOrder, file: b.c, function: f,\n"
				   "   fingerprint: 0123, reason: \"by hand\"}\n";
	struct waivers waivers;
	char *fault;

	(void)state;
	assert_true(waivers_parse(text, strlen(text), &waivers, &fault));
	assert_null(fault);
	assert_int_equal(waivers.count, 2);
	assert_int_equal(waivers.at[0].line, 3);
	assert_string_equal(waivers.at[0].rule, "RacyAliveCheck");
	assert_string_equal(waivers.at[0].file, "drivers/a/*.c");
	assert_string_equal(waivers.at[0].reason, "held by the core");
	assert_null(waivers.at[0].function);
	assert_int_equal(waivers.at[1].line, 8);
	assert_string_equal(waivers.at[1].rule, "TeardownOrder");
	assert_string_equal(waivers.at[1].function, "f");
	assert_string_equal(waivers.at[1].fingerprint, "0123");
	assert_true(waiver_is_pattern(&waivers.at[0]));
	assert_false(waiver_is_pattern(&waivers.at[1]));
	assert_true(waiver_names(&waivers.at[0], "drivers/a/x.c"));
	assert_false(waiver_names(&waivers.at[0], "drivers/a/b/x.c"));
	waivers_free(&waivers);
}

static void no_rows(void **state)
{
	static const char *const texts[] = {"", "# nothing\n", "---\n", "suppress:\n", "suppress: []\n", "{}\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct waivers waivers;
		char *fault;

		assert_true(waivers_parse(texts[i], strlen(texts[i]), &waivers, &fault));
		assert_int_equal(waivers.count, 0);
		waivers_free(&waivers);
	}
}

static void assert_wrong(const char *text, size_t length, const char *expected)
{
	struct waivers waivers;
	char *fault;

	assert_false(waivers_parse(text, length, &waivers, &fault));
	if (strncmp(fault, expected, strlen(expected)))
		print_error("%s: %s\n", text, fault);
	assert_memory_equal(fault, expected, strlen(expected));
	assert_int_equal(waivers.count, 0);
	free(fault);
}

static void wrong_rows_have_a_place(void **state)
{
	static const struct {
		const char *text, *fault;
	} cases[] = {
		{"supress:\n", "1:1: unknown key 'supress'"},
		{"suppress: x\n", "1:11: 'suppress' is not a list"},
		{"- x\n", "1:1: not a mapping"},
		{"x\n", "1:1: not a mapping"},
		{"suppress: []\nsuppress: []\n", "2:1: 'suppress' is there twice"},
		{"suppress:\n- x\n", "2:3: a row is a mapping"},
		{"suppress:\n- rule: RacyAliveCheck\n  file: a.c\n", "2:3: the row has no 'reason'"},
		{"suppress:\n- file: a.c\n  reason: x\n", "2:3: the row has no 'rule'"},
		{"suppress:\n- rule: RacyAliveCheck\n  reason: x\n", "2:3: the row has no 'file'"},
		{"suppress:\n- rule: Racy\n", "2:9: unknown rule 'Racy'"},
		{"suppress:\n- rule: RacyAliveCheck\n  fiel: a.c\n", "3:9: unknown key 'fiel'"},
		{"suppress:\n- rule: RacyAliveCheck\n  file: [a.c]\n", "3:9: 'file' is not a text"},
		{"suppress:\n- rule: RacyAliveCheck\n  file: drivers/\n", "3:9: 'file' names a folder"},
		{"suppress:\n- rule: RacyAliveCheck\n  file:\n", "3:8: 'file' is empty"},
		{"suppress:\n- rule: RacyAliveCheck\n  reason: '-'\n", "3:11: 'reason' says nothing"},
		{"suppress:\n- rule: RacyAliveCheck\n  reason: \"a\\0b\"\n", "3:11: 'reason' holds a NUL"},
		{"suppress:\n- file: a.c\n  file: b.c\n", "3:3: 'file' is there twice"},
		{"suppress:\n- [x]: y\n", "2:3: 'a key' is not a text"},
		{"suppress: &a\n- *a\n", "2:3: a row is a mapping"},
		{"suppress:\n- rule: 'x\n", "3:1: "},
		{"suppress: []\n---\nsuppress: []\n", "2:1: a second document"},
		{"a: \xff\n", "1:4: "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_wrong(cases[i].text, strlen(cases[i].text), cases[i].fault);
	assert_wrong("a\0b", 3, "1:2: ");
}

static char *read_text(void *context, const char *path, size_t *length)
{
	static const struct {
		const char *path, *text;
	} files[] = {
		{"/k/a.c", "f(); /* " OK " */\nf();\n/* strongfence: ok TeardownOrder - never */\n/* strongfence: ok */\n"},
		{"/k/b.c", "f(); // strongfence: ok RacyAliveCheck, TeardownHang - l\xe4uft\n"},
		{"/k/failed.c", "f(); /* " OK " */\n"},
	};

	(void)context;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (!strcmp(files[i].path, path)) {
			*length = strlen(files[i].text);
			return copy(files[i].text);
		}
	print_error("%s is not to be read\n", path);
	fail();
	return NULL;
}

static json_t *finding(const char *rule, const char *file, int line, const char *function)
{
	return json_pack("{s:s, s:s, s:i, s:s, s:s}", "rule", rule, "file", file, "line", line, "function", function,
			 "fingerprint", "f00d");
}

// A line of JSON each.
static void assert_lines(const json_t *array, const char *expected)
{
	char *all = copy("");
	const json_t *each;
	size_t i;

	json_array_foreach(array, i, each) {
		char *line = json_dumps(each, JSON_COMPACT), *longer = format("%s%s\n", all, line);

		free(line);
		free(all);
		all = longer;
	}
	assert_string_equal(all, expected);
	free(all);
}

static struct scope scope_with(struct waivers *waivers)
{
	struct scope scope = {.root = "/k", .waivers = waivers, .read = read_text};

	strings_add(&scope.analysed, "b.c");
	strings_add(&scope.analysed, "a.c");
	strings_add(&scope.failed, "failed.c");
	strings_add(&scope.rules, "RacyAliveCheck");
	strings_add(&scope.rules, "TeardownOrder");
	return scope;
}

static void comments_are_applied_and_judged(void **state)
{
	struct waivers waivers = {0};
	struct scope scope = scope_with(&waivers);
	struct results results;

	(void)state;
	results_start(&results);
	json_array_append_new(results.findings, finding("RacyAliveCheck", "a.c", 1, "f"));
	json_array_append_new(results.findings, finding("RacyAliveCheck", "a.c", 2, "f"));
	json_array_append_new(results.findings, finding("TeardownOrder", "a.c", 1, "f"));
	json_array_append_new(results.findings, finding("RacyAliveCheck", "b.c", 1, "f"));
	json_array_append_new(results.findings, finding("TeardownOrder", "failed.c", 1, "f"));
	suppress(&results, &scope);
	assert_int_equal(json_array_size(results.findings), 3);
	assert_lines(results.suppressed,
		     "{\"rule\":\"RacyAliveCheck\",\"file\":\"a.c\",\"line\":1,\"function\":\"f\",\"fingerprint\":\"f00d\","
		     "\"suppression\":{\"kind\":\"inSource\",\"reason\":\"held by the core\",\"file\":\"a.c\",\"line\":1}}\n"
		     "{\"rule\":\"RacyAliveCheck\",\"file\":\"b.c\",\"line\":1,\"function\":\"f\",\"fingerprint\":\"f00d\","
		     "\"suppression\":{\"kind\":\"inSource\",\"reason\":\"l?uft\",\"file\":\"b.c\",\"line\":1}}\n");
	// TeardownHang was not looked for, and failed.c not looked at.
	assert_lines(results.unused, "{\"file\":\"a.c\",\"line\":3,\"rule\":\"TeardownOrder\"}\n");
	assert_lines(results.faulty, "{\"file\":\"a.c\",\"line\":4,\"why\":\"it names no rule\"}\n");
	results_free(&results);
	scope_free(&scope);
}

static struct waivers rows(const char *text)
{
	struct waivers waivers;
	char *fault;

	assert_true(waivers_parse(text, strlen(text), &waivers, &fault));
	return waivers;
}

static void rows_are_applied_and_judged(void **state)
{
	struct waivers waivers =
		rows("suppress:\n"
		     "- {rule: RacyAliveCheck, file: '*.c', function: f, reason: one}\n"
		     "- {rule: RacyAliveCheck, file: '*.c', fingerprint: f00d, reason: two}\n"
		     "- {rule: RacyAliveCheck, file: '[a]*', function: g, reason: three}\n"
		     "- {rule: RacyAliveCheck, file: '[a]*', fingerprint: beef, reason: four}\n"
		     "- {rule: TeardownHang, file: '[a]*', reason: five}\n"
		     "- {rule: TeardownOrder, file: 'fail*', reason: six}\n"
		     "- {rule: TeardownOrder, file: 'other/*', reason: seven}\n"
		     "- {rule: TeardownOrder, file: none.c, reason: eight}\n");
	struct scope scope = scope_with(&waivers);
	struct results results;

	(void)state;
	results_start(&results);
	json_array_append_new(results.findings, finding("RacyAliveCheck", "a.c", 2, "f"));
	json_array_append_new(results.findings, finding("RacyAliveCheck", "b.c", 2, "h"));
	json_array_append_new(results.findings, finding("TeardownOrder", "b.c", 2, "f"));
	suppress(&results, &scope);
	assert_int_equal(json_array_size(results.findings), 1);
	assert_int_equal(json_array_size(results.suppressed), 2);
	for (size_t i = 0; i < 2; i++) {
		const json_t *by = json_object_get(json_array_get(results.suppressed, i), "suppression");

		assert_string_equal(json_string_value(json_object_get(by, "kind")), "external");
		assert_string_equal(json_string_value(json_object_get(by, "file")), ".strongfence.yaml");
		assert_string_equal(json_string_value(json_object_get(by, "reason")), i ? "two" : "one");
		assert_int_equal(json_integer_value(json_object_get(by, "line")), i ? 3 : 2);
	}
	json_array_remove(results.unused, 0); // the comments' of a.c and b.c
	json_array_remove(results.unused, 0);
	json_array_remove(results.unused, 0);
	assert_lines(results.unused, "{\"file\":\".strongfence.yaml\",\"line\":4,\"rule\":\"RacyAliveCheck\"}\n"
				     "{\"file\":\".strongfence.yaml\",\"line\":5,\"rule\":\"RacyAliveCheck\"}\n");
	json_array_remove(results.faulty, 0);
	assert_lines(results.faulty, "{\"file\":\".strongfence.yaml\",\"line\":9,\"why\":\"there is no file none.c\"}\n");
	results_free(&results);

	// A part of the files cannot tell whether a pattern is unused.
	for (size_t i = 0; i < waivers.count; i++)
		waivers.at[i].used = false;
	scope.part = true;
	results_start(&results);
	suppress(&results, &scope);
	assert_int_equal(json_array_size(results.unused), 3);
	results_free(&results);
	scope_free(&scope);
	waivers_free(&waivers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_the_line),
		cmocka_unit_test(above_the_line),
		cmocka_unit_test(two_comments_above_one_line),
		cmocka_unit_test(several_rules),
		cmocka_unit_test(a_reason_of_several_lines),
		cmocka_unit_test(only_comments_count),
		cmocka_unit_test(without_effect),
		cmocka_unit_test(the_reason_is_not_utf8),
		cmocka_unit_test(any_bytes_in_linear_time),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(rows_are_read),
		cmocka_unit_test(no_rows),
		cmocka_unit_test(wrong_rows_have_a_place),
		cmocka_unit_test(comments_are_applied_and_judged),
		cmocka_unit_test(rows_are_applied_and_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
