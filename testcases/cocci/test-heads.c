// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The head of each semantic patch, and that spatch parses it in each mode.

#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "scripts.h"

static const char *const modes[] = {"report", "org", "context", "json"};

static void test_parses_in_each_mode(void **state)
{
	struct strings rules = scripts();

	(void)state;
	for (size_t i = 0; i < rules.count; i++) {
		for (size_t j = 0; j < sizeof(modes) / sizeof(*modes); j++)
			if (!script_has_mode(rules.at[i], modes[j]))
				fail_msg("%s has no mode %s", rules.at[i], modes[j]);
		for (size_t j = 0; j <= sizeof(modes) / sizeof(*modes); j++) {
			const char *mode = j < sizeof(modes) / sizeof(*modes) ? modes[j] : "patch";
			char *path = script_path(rules.at[i]);
			struct said said;

			if (!script_has_mode(rules.at[i], mode))
				continue;
			said = spatch("-D", mode, "--very-quiet", "--parse-cocci", path, NULL);
			if (said.status)
				fail_msg("%s, %s: %s", rules.at[i], mode, said.lines.count ? said.lines.at[0] : "");
			for (size_t k = 0; k < said.lines.count; k++)
				if (strcasestr(said.lines.at[k], "warning:") == said.lines.at[k])
					fail_msg("%s, %s: %s", rules.at[i], mode, said.lines.at[k]);
			said_free(&said);
			free(path);
		}
	}
	strings_free(&rules);
}

// As make coccicheck V=1 and the lists of the kernel's documentation read it.
static void test_head_follows_the_kernel(void **state)
{
	static const char *const marks[] = {"\n/// ", "\n//# ", "\n// Copyright: (C) ", "\n// Options: ", "\nvirtual "};
	struct strings rules = scripts();

	(void)state;
	for (size_t i = 0; i < rules.count; i++) {
		char *text = script_text(rules.at[i]), *confidence = strstr(text, "\n// Confidence: ");

		assert_int_equal(strncmp(text, "// SPDX-License-Identifier: GPL-2.0-only\n", 41), 0);
		for (size_t j = 0; j < sizeof(marks) / sizeof(*marks); j++)
			if (!strstr(text, marks[j]))
				fail_msg("%s has no '%s'", rules.at[i], marks[j] + 1);
		if (!confidence)
			fail_msg("%s says no confidence", rules.at[i]);
		confidence += strlen("\n// Confidence: ");
		confidence[strcspn(confidence, "\n")] = '\0';
		if (strcmp(confidence, "High") && strcmp(confidence, "Medium") && strcmp(confidence, "Low"))
			fail_msg("%s: confidence '%s'", rules.at[i], confidence);
		assert_null(strstr(text, "%{"));
		free(text);
	}
	strings_free(&rules);
}

// docs/results.md says what was measured, and with it what the confidence is.
static void test_confidence_is_what_was_measured(void **state)
{
	char *page = file_read(ROOT "/docs/results.md", NULL);
	struct strings rules = scripts();

	(void)state;
	assert_non_null(page);
	for (size_t i = 0; i < rules.count; i++) {
		char *row = format("\n| cocci %s |", rules.at[i]), *at = strstr(page, row), *text;
		unsigned read, bugs;
		char said[16];

		if (!at || sscanf(at + strlen(row), " %u | %u | %15[A-Za-z] |", &read, &bugs, said) != 3)
			fail_msg("docs/results.md has no row '%s READ | BUGS | CONFIDENCE |'", row + 1);
		assert_true(read && bugs <= read);
		assert_string_equal(said, read >= 10 && bugs * 10 >= read * 9 ? "High"
					  : read >= 5 && bugs * 10 >= read * 7 ? "Medium"
									       : "Low");
		text = script_text(rules.at[i]);
		free(row);
		row = format("\n// Confidence: %s\n", said);
		if (!strstr(text, row))
			fail_msg("%s: the confidence is not %s", rules.at[i], said);
		free(row);
		free(text);
	}
	strings_free(&rules);
	free(page);
}

// A template is no script that finds nothing.
static void test_a_template_is_refused(void **state)
{
	struct strings rules = scripts();

	(void)state;
	for (size_t i = 0; i < rules.count; i++) {
		char *path = format(ROOT "/cocci/%s.cocci", rules.at[i]);
		struct said said = spatch("-D", "report", "--very-quiet", "--parse-cocci", path, NULL);

		assert_int_not_equal(said.status, 0);
		said_free(&said);
		free(path);
	}
	strings_free(&rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parses_in_each_mode),
		cmocka_unit_test(test_head_follows_the_kernel),
		cmocka_unit_test(test_confidence_is_what_was_measured),
		cmocka_unit_test(test_a_template_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
