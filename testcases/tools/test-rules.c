// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which rules run, and what they are called.

#include "test.h"

#include "options.h"
#include "rules.h"

static void a_level_says_whether_a_rule_is_alpha(void **state)
{
	(void)state;
	assert_true(rule_is_alpha(&(struct rule){"New", "alpha", "One"}));
	assert_false(rule_is_alpha(&(struct rule){"Old", "medium", "One"}));
	for (size_t i = 0; i < rule_count; i++)
		assert_string_equal(rule_package(rules[i].key),
				    strcmp(rules[i].level, "alpha") ? "teardown." : "alpha.teardown.");
	assert_string_equal(rule_package("Unknown"), "teardown.");
}

static struct options read_words(const char *first, const char *second)
{
	char *words[] = {"check", (char *)first, (char *)second, NULL};

	return options_read(second ? 3 : first ? 2 : 1, words, TAKES_ANALYSIS);
}

static void rules_are_named_or_all_or_those_on_by_default(void **state)
{
	struct options options;

	(void)state;
	options = read_words(NULL, NULL);
	assert_int_equal(options.rules.count, 0);
	options = read_words("--rules", rules[0].key);
	assert_words(&options.rules, rules[0].key, NULL);
	options = read_words("--alpha", NULL);
	assert_int_equal(options.rules.count, rule_count);
	for (size_t i = 0; i < rule_count; i++)
		assert_true(strings_have(&options.rules, rules[i].key));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_level_says_whether_a_rule_is_alpha),
		cmocka_unit_test(rules_are_named_or_all_or_those_on_by_default),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
