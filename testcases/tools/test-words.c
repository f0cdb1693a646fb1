// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test.h"

#include "words.h"

static void blanks_separate(void **state)
{
	struct strings words = {0};

	(void)state;
	assert_true(words_split("  a\tb \n c  ", &words));
	assert_words(&words, "a", "b", "c", NULL);
	strings_free(&words);
}

static void nothing_is_no_words(void **state)
{
	struct strings words = {0};

	(void)state;
	assert_true(words_split("", &words));
	assert_true(words_split(" \n", &words));
	assert_int_equal(words.count, 0);
}

static void single_quotes_keep_everything(void **state)
{
	struct strings words = {0};

	(void)state;
	assert_true(words_split("'a \\ \"b' -DX='\"a b\"' ''", &words));
	assert_words(&words, "a \\ \"b", "-DX=\"a b\"", "", NULL);
	strings_free(&words);
}

static void double_quotes_know_four_escapes(void **state)
{
	struct strings words = {0};

	(void)state;
	assert_true(words_split("\"a \\\"b\\\" \\$ \\\\ \\n ` '\"", &words));
	assert_words(&words, "a \"b\" $ \\ \\n ` '", NULL);
	strings_free(&words);
}

static void backslash_takes_the_next_character(void **state)
{
	struct strings words = {0};

	(void)state;
	assert_true(words_split("a\\ b -DKBUILD=\\\"x\\\" c\\\nd \\\n e\\", &words));
	assert_words(&words, "a b", "-DKBUILD=\"x\"", "cd", "e\\", NULL);
	strings_free(&words);
}

static void quote_in_quote_as_kbuild_echoes_it(void **state)
{
	struct strings words = {0};

	(void)state;
	assert_true(words_split("echo '  cc -DM='\\''\"a\"'\\'' a.c '", &words));
	assert_words(&words, "echo", "  cc -DM='\"a\"' a.c ", NULL);
	strings_free(&words);
}

static void dollar_is_ordinary(void **state)
{
	struct strings words = {0};

	(void)state;
	assert_true(words_split("$HOME $(x) \"$y\"", &words));
	assert_words(&words, "$HOME", "$(x)", "$y", NULL);
	strings_free(&words);
}

static void open_quotes_are_refused(void **state)
{
	struct strings words = {0};

	(void)state;
	assert_false(words_split("a 'b", &words));
	assert_false(words_split("a \"b\\\"", &words));
	strings_free(&words);
}

static void collect(void *context, const struct strings *words)
{
	struct strings *all = context;

	strings_take(all, format("%zu:%s", words->count, words->at[0]));
}

static void commands_end_at_separators(void **state)
{
	struct strings all = {0};

	(void)state;
	assert_true(words_each_command("set -e; echo 'a; b';  cc -c a.c || x && (y z)\n w &", collect, &all));
	assert_words(&all, "2:set", "2:echo", "3:cc", "1:x", "2:y", "1:w", NULL);
	strings_free(&all);
}

static void commands_before_an_open_quote_are_seen(void **state)
{
	struct strings all = {0};

	(void)state;
	assert_false(words_each_command("a b; c 'd", collect, &all));
	assert_words(&all, "2:a", NULL);
	strings_free(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blanks_separate),
		cmocka_unit_test(nothing_is_no_words),
		cmocka_unit_test(single_quotes_keep_everything),
		cmocka_unit_test(double_quotes_know_four_escapes),
		cmocka_unit_test(backslash_takes_the_next_character),
		cmocka_unit_test(quote_in_quote_as_kbuild_echoes_it),
		cmocka_unit_test(dollar_is_ordinary),
		cmocka_unit_test(open_quotes_are_refused),
		cmocka_unit_test(commands_end_at_separators),
		cmocka_unit_test(commands_before_an_open_quote_are_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
