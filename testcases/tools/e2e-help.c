// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What tells about the command keeps to what it is: each command's --help, its manual page, and the completion of bash.

#include "bed.h"

#include <ctype.h>
#include <stdio.h>

#include "files.h"
#include "process.h"
#include "rules.h"

enum { LINES = 40, COLUMNS = 100 };

// The words that begin the indented lines of the command's own help.
static struct strings commands(void)
{
	struct strings list = {0};

	run("--help", NULL);
	assert_int_equal(last_run()->status, 0);
	for (const char *at = last_run()->out; *at; at = strchrnul(at, '\n'), at += *at == '\n')
		if (!strncmp(at, "  ", 2) && islower((unsigned char)at[2]))
			strings_take(&list, copy_span(at + 2, strcspn(at + 2, " \n")));
	return list;
}

// An indented line that shows the command at work.
static bool in_example(const char *text, const char *at)
{
	while (at > text && at[-1] != '\n')
		at--;
	return !strncmp(at, "  strongfence ", 14);
}

// --name and -x, where a word can begin; "-n1" and the like are parts of an example.
static void find_options(const char *text, struct strings *list)
{
	for (const char *at = text; (at = strchr(at, '-')); at++) {
		size_t length = 1;

		if ((at > text && !strchr(" \n[(", at[-1])) || in_example(text, at))
			continue;
		if (at[1] == '-')
			for (length = 2; islower((unsigned char)at[length]) || (length > 2 && at[length] == '-');)
				length++;
		else if (isalpha((unsigned char)at[1]))
			for (length = 2; islower((unsigned char)at[length]) || at[length] == '-';)
				length++;
		if (length < 2 || (length == 2 && at[1] == '-') || (at[length] && !strchr(" \n,])=", at[length])))
			continue;
		char *option = copy_span(at, length);

		if (!strings_have(list, option))
			strings_add(list, option);
		free(option);
	}
}

// The options that a page explains are the macros that begin an item: ".It Fl -rules Ar A,B".
static void find_explained(const char *page, struct strings *list)
{
	for (const char *at = page; (at = strstr(at, "\n.It Fl ")); at++) {
		const char *end = strchrnul(at + 1, '\n');

		for (const char *flag = at; (flag = strstr(flag, " Fl ")) && flag < end; flag++)
			strings_take(list, format("-%.*s", (int)strcspn(flag + 4, " \n"), flag + 4));
	}
}

static char *page_of(const char *command)
{
	char *path = format("%s/../docs/man/strongfence%s%s.1", EXAMPLES, *command ? "-" : "", command);
	char *text = file_read(path, NULL);

	if (!text)
		print_error("%s: no such page\n", path);
	assert_non_null(text);
	free(path);
	return text;
}

static void every_help_fits_a_screen(void **state)
{
	struct strings list = commands();

	(void)state;
	assert_true(list.count >= 8);
	for (size_t i = 0; i <= list.count; i++) {
		size_t lines = 0;

		if (i < list.count)
			run(list.at[i], "--help", NULL);
		else
			run("--help", NULL);
		assert_int_equal(last_run()->status, 0);
		assert_string_equal(last_run()->err, "");
		assert_int_equal(strncmp(last_run()->out, "usage: ", 7), 0);
		for (const char *at = last_run()->out; *at; lines++) {
			size_t length = strcspn(at, "\n");

			if (length > COLUMNS)
				print_error("%s: %.*s\n", i < list.count ? list.at[i] : "", (int)length, at);
			assert_true(length <= COLUMNS);
			at += length + (at[length] == '\n');
		}
		if (lines > LINES)
			print_error("%s --help: %zu lines\n", i < list.count ? list.at[i] : "", lines);
		assert_true(lines <= LINES);
	}
	strings_free(&list);
}

static void every_command_has_a_page_with_its_options(void **state)
{
	struct strings list = commands();
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < list.count; i++) {
		struct strings said = {0}, explained = {0};
		char *page = page_of(list.at[i]);

		run(list.at[i], "--help", NULL);
		find_options(last_run()->out, &said);
		find_explained(page, &explained);
		for (size_t j = 0; j < said.count; j++) {
			if (strings_have(&explained, said.at[j]))
				continue;
			print_error("strongfence-%s.1 does not explain %s\n", list.at[i], said.at[j]);
			wrong++;
		}
		for (size_t j = 0; j < explained.count; j++) {
			if (strings_have(&said, explained.at[j]) || !strcmp(explained.at[j], "-h") ||
			    !strcmp(explained.at[j], "--help"))
				continue;
			print_error("strongfence-%s.1 explains %s, of which --help says nothing\n", list.at[i],
				    explained.at[j]);
			wrong++;
		}
		assert_true(strings_have(&explained, "--help"));
		strings_free(&said);
		strings_free(&explained);
		free(page);
	}
	assert_int_equal(wrong, 0);
	strings_free(&list);
}

static void the_first_page_lists_them(void **state)
{
	struct strings list = commands();
	char *page = page_of("");

	(void)state;
	for (size_t i = 0; i < list.count; i++) {
		char *entry = format("\n.It Xr strongfence-%s 1\n", list.at[i]);

		if (!strstr(page, entry))
			print_error("strongfence.1 has no %s\n", list.at[i]);
		assert_non_null(strstr(page, entry));
		free(entry);
	}
	free(page);
	strings_free(&list);
}

static void keep_line(void *context, char *line)
{
	strings_add(context, line);
}

// What a shell prints, line by line, and how it ended.
static int shell(const char *script, struct strings *lines)
{
	struct strings words = {0};
	struct process process = {.words = &words, .line = keep_line, .context = lines, .join_errors = true};
	int status;

	strings_add(&words, "bash");
	strings_add(&words, "-c");
	strings_add(&words, script);
	status = process_run(&process, NULL);
	strings_free(&words);
	return status;
}

static void pages_are_well_formed(void **state)
{
	struct strings lines = {0};
	char *mandoc = program_path("mandoc"), *script;

	(void)state;
	if (!mandoc) {
		print_message("mandoc is not installed\n");
		skip();
	}
	script = format("mandoc -T lint -W warning '%s'/../docs/man/*.1", EXAMPLES);
	int status = shell(script, &lines);

	for (size_t i = 0; i < lines.count; i++)
		print_error("%s\n", lines.at[i]);
	assert_int_equal(status, 0);
	assert_int_equal(lines.count, 0);
	strings_free(&lines);
	free(script);
	free(mandoc);
}

// The words of the line, the last of which is completed, as bash splits them: what it offers.
static struct strings completed(const char *line)
{
	struct strings offers = {0};
	char *script =
		format("strongfence() { :; }; . '%s/../tools/strongfence.bash' || exit 3\n"
		       "COMP_WORDS=('%s' %s) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
		       "_strongfence && ((${#COMPREPLY[@]} == 0)) || printf '%%s\\n' \"${COMPREPLY[@]}\"",
		       EXAMPLES, STRONGFENCE, line);
	int status = shell(script, &offers);

	if (status)
		print_error("%s: %s\n", line, offers.count ? offers.at[0] : "");
	assert_int_equal(status, 0);
	strings_sort(&offers);
	free(script);
	return offers;
}

#define assert_completed(line, ...)                                                                                    \
	do {                                                                                                           \
		struct strings all = completed(line);                                                                  \
                                                                                                                       \
		assert_words(&all, __VA_ARGS__);                                                                       \
		strings_free(&all);                                                                                    \
	} while (0)

static void completion_knows_the_commands(void **state)
{
	struct strings list = commands();
	struct strings offers = completed("''");

	(void)state;
	for (size_t i = 0; i < list.count; i++)
		assert_true(strings_have(&offers, list.at[i]));
	assert_true(strings_have(&offers, "--version"));
	assert_int_equal(offers.count, list.count + 2);
	assert_completed("fen", "fences", NULL);
	strings_free(&offers);
	strings_free(&list);
}

static void completion_knows_the_options(void **state)
{
	struct strings list = commands();

	(void)state;
	for (size_t i = 0; i < list.count; i++) {
		struct strings said = {0}, offers;
		char *line = format("%s -", list.at[i]);

		run(list.at[i], "--help", NULL);
		find_options(last_run()->out, &said);
		offers = completed(line);
		for (size_t j = 0; j < said.count; j++) {
			if (!strings_have(&offers, said.at[j]))
				print_error("%s: %s is not offered\n", list.at[i], said.at[j]);
			assert_true(strings_have(&offers, said.at[j]));
		}
		assert_true(strings_have(&offers, "--help"));
		strings_free(&offers);
		strings_free(&said);
		free(line);
	}
	assert_completed("check --min", "--min-severity", NULL);
	strings_free(&list);
}

static void completion_knows_values(void **state)
{
	struct strings offers;

	(void)state;
	put("one.c", "");
	put("two.jsonl", "");
	put("dir/x", "");
	offers = completed("check --rules ''");
	assert_int_equal(offers.count, rule_count);
	strings_free(&offers);
	assert_completed("scan --rules Racy", "RacyAliveCheck", NULL);
	assert_completed("scan --rules UnfencedFileOp,Mm", "UnfencedFileOp,MmapOutlivesDevice", NULL);
	assert_completed("explain Mm", "MmapOutlivesDevice", NULL);
	assert_completed("scan --format j", "json", NULL);
	assert_completed("scan --format = j", "json", NULL);
	assert_completed("scan --engine =", "both", "clang", "cocci", NULL);
	assert_completed("scan --engine ''", "both", "clang", "cocci", NULL);
	assert_completed("scan --llvm ''", "19", "22", NULL);
	assert_completed("scan --min-severity m", "medium", NULL);
	assert_completed("prepare --config all", "allmodconfig", NULL);
	assert_completed("scan --kernel-build ''", "dir", NULL);
	assert_completed("mail --findings t", "two.jsonl", NULL);
	assert_completed("check o", "one.c", NULL);
	assert_completed("check -j ''", NULL);
	assert_completed("check one.c -- t", "two.jsonl", NULL);
	// A name with blanks is one offer.
	put("a b.c", "");
	assert_completed("check a", "a b.c", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_help_fits_a_screen, bed_setup, bed_teardown),
		cmocka_unit_test_setup_teardown(every_command_has_a_page_with_its_options, bed_setup, bed_teardown),
		cmocka_unit_test_setup_teardown(the_first_page_lists_them, bed_setup, bed_teardown),
		cmocka_unit_test_setup_teardown(pages_are_well_formed, bed_setup, bed_teardown),
		cmocka_unit_test_setup_teardown(completion_knows_the_commands, bed_setup, bed_teardown),
		cmocka_unit_test_setup_teardown(completion_knows_the_options, bed_setup, bed_teardown),
		cmocka_unit_test_setup_teardown(completion_knows_values, bed_setup, bed_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
