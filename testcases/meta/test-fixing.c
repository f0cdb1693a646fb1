// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// docs/fixing.md teaches with the reference driver: what it shows of it must be there, line for line.
//
// A block of C that comes from the reference has the line <!-- fenced.c --> before it. A line that is only "..."
// stands for any number of lines within one top-level definition; leading blanks do not count. The calls of
// fenced_pause(), which only the tests need, are not shown.

#include "test.h"

#include <ctype.h>

#include "files.h"

#define PAGE "docs/fixing.md"
#define REFERENCE "testcases/reference/fenced.c"

static struct strings page, reference;

static void read_lines(const char *path, struct strings *lines)
{
	char *whole = path_join(ROOT, path), *text = file_read(whole, NULL);

	if (!text)
		fail_msg("%s cannot be read", path);
	for (const char *at = text; *at; at += *at == '\n') {
		size_t length = strcspn(at, "\n");

		strings_take(lines, copy_span(at, length));
		at += length;
	}
	free(text);
	free(whole);
}

static const char *unindented(const char *line)
{
	return line + strspn(line, " \t");
}

static int read_both(void **state)
{
	struct strings all = {0};

	(void)state;
	read_lines(PAGE, &page);
	read_lines(REFERENCE, &all);
	for (size_t i = 0; i < all.count; i++)
		if (strncmp(unindented(all.at[i]), "fenced_pause(", strlen("fenced_pause(")))
			strings_add(&reference, all.at[i]);
	strings_free(&all);
	return 0;
}

static bool same(const char *shown, const char *there)
{
	return !strcmp(unindented(shown), unindented(there));
}

// Whether the lines [first, end) of the page are those of the reference from `at` on.
static bool occurs_at(size_t first, size_t end, size_t at)
{
	for (; first < end && strcmp(unindented(page.at[first]), "..."); first++, at++)
		if (at >= reference.count || !same(page.at[first], reference.at[at]))
			return false;
	if (first == end)
		return true;
	for (; at < reference.count; at++) {
		if (occurs_at(first + 1, end, at))
			return true;
		if (*reference.at[at] == '}')
			return false;
	}
	return false;
}

static bool occurs(size_t first, size_t end)
{
	for (size_t at = 0; at < reference.count; at++)
		if (occurs_at(first, end, at))
			return true;
	return false;
}

static bool mentions_the_reference(size_t first, size_t end)
{
	for (; first < end; first++)
		if (strstr(page.at[first], "fenced"))
			return true;
	return false;
}

static void excerpts_are_the_reference(void **state)
{
	size_t excerpts = 0;

	(void)state;
	for (size_t i = 0; i < page.count; i++) {
		bool marked = !strcmp(page.at[i], "<!-- fenced.c -->");
		size_t first = i + marked + 1, end = first;

		if (marked && (i + 1 == page.count || strcmp(page.at[i + 1], "```c")))
			fail_msg(PAGE ":%zu: no block of C follows", i + 1);
		if (!marked && strcmp(page.at[i], "```c"))
			continue;
		while (end < page.count && strcmp(page.at[end], "```"))
			end++;
		if (end == page.count || end == first || !strcmp(unindented(page.at[first]), "..."))
			fail_msg(PAGE ":%zu: the block is empty, begins with ... or does not end", first);
		if (marked && !occurs(first, end))
			fail_msg(PAGE ":%zu: %s has no such lines", first + 1, REFERENCE);
		if (!marked && mentions_the_reference(first, end))
			fail_msg(PAGE ":%zu: the block looks like the reference and is not marked", i + 1);
		excerpts += marked;
		i = end;
	}
	assert_true(excerpts > 0);
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

// Definitions begin in the first column.
static bool is_defined(const char *name)
{
	char *call = format("%s(", name);
	bool found = false;

	for (size_t i = 0; i < reference.count && !found; i++) {
		const char *line = reference.at[i], *at = strstr(line, call);

		found = at && at > line && !is_name(at[-1]) && isalpha((unsigned char)*line) && !strchr(line, ';');
	}
	free(call);
	return found;
}

static void functions_exist(void **state)
{
	static const char prefix[] = "fenced_";
	size_t names = 0;

	(void)state;
	for (size_t i = 0; i < page.count; i++) {
		for (const char *line = page.at[i], *at = line; (at = strstr(at, prefix));) {
			size_t length = 0;

			while (is_name(at[length]))
				length++;
			if (at[length] == '(' && (at == line || !is_name(at[-1]))) {
				char *name = copy_span(at, length);

				if (!is_defined(name))
					fail_msg(PAGE ":%zu: %s has no %s()", i + 1, REFERENCE, name);
				free(name);
				names++;
			}
			at += length;
		}
	}
	assert_true(names > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(excerpts_are_the_reference),
		cmocka_unit_test(functions_exist),
	};

	return cmocka_run_group_tests_name("fixing", tests, read_both, NULL);
}
