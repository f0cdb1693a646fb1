// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One key a rule, in every place where a newcomer looks for it; pages that name only what exists; a
// licence in every file.

#include "test.h"

#include <ctype.h>
#include <ftw.h>
#include <glob.h>
#include <stdio.h>

#include "files.h"

static const struct {
	const char *key, *level, *summary;
} rules[] = {
#define RULE(key, level, summary) {#key, #level, summary},
#include "rules.def"
#undef RULE
};

enum { RULES = sizeof(rules) / sizeof(*rules) };

// Everything in the tree that is ours, relative to its root.
static struct strings tree;

static int visit(const char *path, const struct stat *info, int type, struct FTW *walk)
{
	const char *name = path + walk->base;

	(void)info;
	if (type == FTW_D && walk->level == 1 && (!strcmp(name, ".git") || !strncmp(name, "build", 5)))
		return FTW_SKIP_SUBTREE;
	if (type == FTW_F && strcmp(path, ROOT "/.git"))
		strings_add(&tree, path + strlen(ROOT "/"));
	return FTW_CONTINUE;
}

static int read_tree(void **state)
{
	(void)state;
	return nftw(ROOT, visit, 16, FTW_PHYS | FTW_ACTIONRETVAL);
}

static char *text_of(const char *path)
{
	char *whole = path_join(ROOT, path), *text = file_read(whole, NULL);

	if (!text)
		fail_msg("%s cannot be read", path);
	free(whole);
	return text;
}

static size_t matches(const char *pattern)
{
	char *whole = path_join(ROOT, pattern);
	glob_t found;
	size_t count = glob(whole, 0, NULL, &found) ? 0 : found.gl_pathc;

	globfree(&found);
	free(whole);
	return count;
}

static bool is_rule(const char *name, size_t length)
{
	for (size_t i = 0; i < RULES; i++)
		if (strlen(rules[i].key) == length && !strncmp(rules[i].key, name, length))
			return true;
	return false;
}

static void every_rule_has_its_parts(void **state)
{
	static const char *const parts[] = {"checker/rules/%s.cpp", "docs/rules/%s.md",
					    "testcases/%s/bad-*.c", "testcases/%s/good-*.c"};

	(void)state;
	for (size_t i = 0; i < RULES; i++) {
		for (size_t j = 0; j < sizeof(parts) / sizeof(*parts); j++) {
			const char *at = strstr(parts[j], "%s");
			char *part = format("%.*s%s%s", (int)(at - parts[j]), parts[j], rules[i].key, at + 2);

			if (!matches(part))
				fail_msg("there is no %s", part);
			free(part);
		}
	}
}

static void every_level_is_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < RULES; i++)
		if (!strstr(" alpha low medium high ", rules[i].level))
			fail_msg("%s: there is no level %s", rules[i].key, rules[i].level);
}

static void every_part_has_its_rule(void **state)
{
	static const char *const homes[] = {"checker/rules/", "docs/rules/", "cocci/"};

	(void)state;
	for (size_t i = 0; i < tree.count; i++) {
		const char *path = tree.at[i];

		for (size_t j = 0; j < sizeof(homes) / sizeof(*homes); j++) {
			const char *name = path + strlen(homes[j]);

			// What the scripts share, and how they are made, is no rule's.
			if (!strncmp(path, "cocci/", 6) && (strchr(name, '/') || !strcmp(name, "CMakeLists.txt")))
				continue;
			if (!strncmp(path, homes[j], strlen(homes[j])) && !is_rule(name, strcspn(name, ".")))
				fail_msg("%s: rules.def has no such rule", path);
		}
		// Folders of tests that begin with a capital letter are rules; Inputs is lit's name.
		if (strncmp(path, "testcases/", 10) || !isupper((unsigned char)path[10]) ||
		    !strchr(path + 10, '/') || !strncmp(path + 10, "Inputs/", 7))
			continue;
		if (!is_rule(path + 10, strcspn(path + 10, "/")))
			fail_msg("%s: rules.def has no such rule", path);
	}
}

static void readme_lists_every_rule(void **state)
{
	char *readme = text_of("README.md");

	(void)state;
	for (size_t i = 0; i < RULES; i++) {
		bool alpha = !strcmp(rules[i].level, "alpha");
		char *row = format("| [%s](docs/rules/%s.md)%s | %s |\n", rules[i].key, rules[i].key,
				   alpha ? ", alpha" : "", rules[i].summary);

		if (!strstr(readme, row))
			fail_msg("README.md has no row %s", row);
		free(row);
	}
	free(readme);
}

// A name between backticks that can only be a file: it has a slash or a source's ending.
static bool names_a_file(const char *name)
{
	static const char *const endings[] = {".cpp", ".h", ".c", ".yaml", ".def", ".md", ".sh", ".tsv"};
	size_t length = strlen(name);

	if (!length || strpbrk(name, " ({=|") || *name == '-' || *name == '/' || *name == '.')
		return false;
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
		if (length > strlen(endings[i]) && !strcmp(name + length - strlen(endings[i]), endings[i]))
			return true;
	return strchr(name, '/') != NULL;
}

// `<Rule>` and the like stand for any name.
static char *as_pattern(const char *name)
{
	char *pattern = copy(name), *to = pattern;

	for (const char *at = name; *at; at++) {
		if (*at == '<')
			at += strcspn(at, ">");
		*to++ = *at == '>' ? '*' : *at;
	}
	*to = '\0';
	return pattern;
}

static void architecture_names_what_exists(void **state)
{
	static const char *const homes[] = {"", "checker/", "tools/", "testcases/"};
	char *page = text_of("docs/architecture.md");
	size_t names = 0;

	(void)state;
	for (char *at = page; (at = strchr(at, '`'));) {
		char *name = copy_span(at + 1, strcspn(at + 1, "`\n")), *pattern = as_pattern(name);
		bool found = !names_a_file(name);

		names += !found;
		for (size_t i = 0; i < sizeof(homes) / sizeof(*homes) && !found; i++) {
			char *whole = format("%s%s", homes[i], pattern);

			found = matches(whole);
			free(whole);
		}
		if (!found)
			fail_msg("docs/architecture.md names %s, which does not exist", name);
		at += 1 + strlen(name);
		at += *at != '\0';
		free(pattern);
		free(name);
	}
	assert_true(names > 0);
	free(page);
}

static void links_lead_somewhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < tree.count; i++) {
		size_t length = strlen(tree.at[i]);

		if (length < 3 || strcmp(tree.at[i] + length - 3, ".md"))
			continue;
		char *page = text_of(tree.at[i]), *folder = path_parent(tree.at[i]);

		for (const char *at = page; (at = strstr(at, "]("));) {
			at += 2;
			char *target = copy_span(at, strcspn(at, ")#\n")), *path = path_join(folder, target);

			if (*target && !strstr(target, "://") && !matches(path))
				fail_msg("%s links to %s, which does not exist", tree.at[i], target);
			free(path);
			free(target);
		}
		free(folder);
		free(page);
	}
}

static void limits_page_names_every_limit(void **state)
{
	char *page = text_of("docs/limits.md");

	(void)state;
	for (size_t i = 0; i < tree.count; i++)
		if (!strncmp(tree.at[i], "testcases/", 10) && !strncmp(path_name(tree.at[i]), "limit-", 6) &&
		    !strstr(page, tree.at[i]))
			fail_msg("docs/limits.md does not name %s", tree.at[i]);
	free(page);
}

static void every_file_says_its_licence(void **state)
{
	(void)state;
	for (size_t i = 0; i < tree.count; i++) {
		// What a fuzzer reads is that and nothing else.
		if (!strncmp(tree.at[i], "LICENSES/", 9) || strstr(tree.at[i], "/fuzz/corpus/"))
			continue;
		char *text = text_of(tree.at[i]);

		// The second line where an interpreter has the first.
		char *line = strncmp(text, "#!", 2) ? text : text + strcspn(text, "\n");

		line += *line == '\n';
		line[strcspn(line, "\n")] = '\0';
		if (!strstr(line, "SPDX-License-Identifier: "))
			fail_msg("%s does not begin with its licence", tree.at[i]);
		free(text);
	}
}

static void no_path_of_one_machine(void **state)
{
	// In pieces, so that this file is not one that has them.
	static const char *const places[] = {"/" "work/", "/" "root/", "/" "home/", "/" "farm/"};

	(void)state;
	for (size_t i = 0; i < tree.count; i++) {
		char *text = text_of(tree.at[i]);

		for (size_t j = 0; j < sizeof(places) / sizeof(*places); j++)
			if (strstr(text, places[j]))
				fail_msg("%s has a path of one machine in it: %s", tree.at[i], places[j]);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_has_its_parts),
		cmocka_unit_test(every_level_is_one),
		cmocka_unit_test(every_part_has_its_rule),
		cmocka_unit_test(readme_lists_every_rule),
		cmocka_unit_test(architecture_names_what_exists),
		cmocka_unit_test(links_lead_somewhere),
		cmocka_unit_test(limits_page_names_every_limit),
		cmocka_unit_test(every_file_says_its_licence),
		cmocka_unit_test(no_path_of_one_machine),
	};

	return cmocka_run_group_tests_name("tree", tests, read_tree, NULL);
}
