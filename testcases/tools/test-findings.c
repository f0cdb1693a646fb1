// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test.h"

#include "findings.h"

#define FINDING "\"rule\":\"R\",\"file\":\"a.c\",\"message\":\"m\",\"fingerprint\":\"f\""

static json_t *parse(const char *text)
{
	char *fault;
	json_t *findings = findings_parse(text, strlen(text), &fault);

	if (!findings)
		print_error("%s\n", fault);
	assert_non_null(findings);
	assert_null(fault);
	return findings;
}

static void assert_fault(const char *text, size_t length, const char *expected)
{
	char *fault = NULL;

	assert_null(findings_parse(text, length, &fault));
	if (!strstr(fault, expected))
		print_error("the fault was: %s\n", fault);
	assert_non_null(strstr(fault, expected));
	free(fault);
}

#define assert_wrong(text, expected) assert_fault(text, sizeof(text) - 1, expected)

static void one_object_a_line(void **state)
{
	json_t *findings = parse("{" FINDING "}\n\r\n\n{" FINDING ",\"line\":3,\"notes\":[]}\r\n{\"type\":\"finding\"," FINDING
				 "}");

	(void)state;
	assert_int_equal(json_array_size(findings), 3);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(findings, 1), "line")), 3);
	json_decref(findings);
}

static void nothing_is_no_finding(void **state)
{
	(void)state;
	json_t *findings = parse("");

	assert_int_equal(json_array_size(findings), 0);
	json_decref(findings);
	findings = parse("\n\n");
	assert_int_equal(json_array_size(findings), 0);
	json_decref(findings);
}

static void other_lines_are_left_out(void **state)
{
	json_t *findings = parse("{\"type\":\"unread\",\"file\":\"a.c\"}\n{\"type\":\"suppressed\"," FINDING "}\n{\"type\":7}\n{"
				 FINDING "}\n");

	(void)state;
	assert_int_equal(json_array_size(findings), 1);
	json_decref(findings);
}

static void another_type_is_read_alone(void **state)
{
	const char text[] = "{" FINDING "}\n{\"type\":\"suppressed\"," FINDING ",\"line\":9}\n";
	char *fault;
	json_t *findings = findings_parse_type(text, strlen(text), "suppressed", &fault);

	(void)state;
	assert_int_equal(json_array_size(findings), 1);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(findings, 0), "line")), 9);
	json_decref(findings);
	assert_null(findings_parse_type("{\"type\":\"gone\"}\n", 16, "gone", &fault));
	assert_string_equal(fault, "line 1: a finding without 'rule'");
	free(fault);
}

static void what_is_no_object_has_its_line(void **state)
{
	(void)state;
	assert_wrong("{" FINDING "}\nno json\n", "line 2: ");
	assert_wrong("{" FINDING "}\n\n[]\n", "line 3: not an object");
	assert_wrong("7\n", "line 1: ");
	assert_wrong("{" FINDING "} {}\n", "line 1: ");
	assert_wrong("{" FINDING, "line 1: ");
	assert_wrong("{\n" FINDING "\n}\n", "line 1: "); // one object a line, no other JSON
}

static void members_are_there_and_of_their_type(void **state)
{
	static const char *const texts[] = {"rule", "file", "message", "fingerprint"};
	static const char *const others[] = {"line", "column", "severity", "function", "notes", "also", "engines"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		json_t *finding = json_pack("{s:s, s:s, s:s, s:s}", texts[0], "a", texts[1], "b", texts[2], "c", texts[3], "d");
		char *line, *expected = format("line 1: a finding without '%s'", texts[i]);

		json_object_del(finding, texts[i]);
		line = json_dumps(finding, JSON_COMPACT);
		assert_fault(line, strlen(line), expected);
		free(line);
		free(expected);
		json_object_set_new(finding, texts[i], json_null());
		line = json_dumps(finding, JSON_COMPACT);
		expected = format("line 1: '%s' is of another type", texts[i]);
		assert_fault(line, strlen(line), expected);
		free(line);
		free(expected);
		json_decref(finding);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		char *line = format("\n{" FINDING ",\"%s\":{}}\n", others[i]);
		char *expected = format("line 2: '%s' is of another type", others[i]);

		assert_fault(line, strlen(line), expected);
		free(expected);
		free(line);
	}
}

static void bytes_that_are_no_text(void **state)
{
	(void)state;
	assert_wrong("{\"rule\":\"\xff\"}\n", "line 1: ");
	assert_wrong("{" FINDING "}\0\n", "line 1: ");
	assert_wrong("\0", "line 1: ");
	assert_wrong("{\"rule\":\"a\\u0000b\"," "\"file\":\"a\",\"message\":\"m\",\"fingerprint\":\"f\"}\n", "line 1: ");
}

// Whatever of a file is there, it is read or refused.
static void cut_anywhere(void **state)
{
	const char text[] = "{" FINDING ",\"notes\":[{\"line\":1}]}\n{\"type\":\"suppressed\"," FINDING "}\n";

	(void)state;
	for (size_t length = 0; length < sizeof(text); length++) {
		char *own = allocate(length), *fault;
		json_t *findings;

		memcpy(own, text, length);
		findings = findings_parse(own, length, &fault);
		assert_true(!findings == !!fault);
		json_decref(findings);
		free(fault);
		free(own);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_object_a_line),
		cmocka_unit_test(nothing_is_no_finding),
		cmocka_unit_test(other_lines_are_left_out),
		cmocka_unit_test(another_type_is_read_alone),
		cmocka_unit_test(what_is_no_object_has_its_line),
		cmocka_unit_test(members_are_there_and_of_their_type),
		cmocka_unit_test(bytes_that_are_no_text),
		cmocka_unit_test(cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
