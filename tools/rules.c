// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rules.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

const struct rule rules[] = {
#define RULE(key, level, summary) {#key, #level, summary},
#include "rules.def"
#undef RULE
};

const size_t rule_count = sizeof(rules) / sizeof(*rules);

static const struct page {
	const char *key;
	const char *text;
} pages[] = {
#include "pages.inc"
	{NULL, NULL},
};

bool rule_is_alpha(const struct rule *rule)
{
	return !strcmp(rule->level, "alpha");
}

const char *rule_package(const char *key)
{
	for (size_t i = 0; i < rule_count; i++)
		if (!strcmp(rules[i].key, key) && rule_is_alpha(&rules[i]))
			return "alpha.teardown.";
	return "teardown.";
}

bool rule_known(const char *key)
{
	for (size_t i = 0; i < rule_count; i++)
		if (!strcmp(rules[i].key, key))
			return true;
	return false;
}

const char *rule_find(const char *word, size_t length)
{
	static const char *const before[] = {"alpha.", "teardown."};

	for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
		size_t own = strlen(before[i]);

		if (length > own && !strncmp(word, before[i], own))
			word += own, length -= own;
	}
	for (size_t i = 0; i < rule_count; i++)
		if (strlen(rules[i].key) == length && !strncmp(rules[i].key, word, length))
			return rules[i].key;
	return NULL;
}

char *rule_list(const char *between)
{
	char *list = copy("");

	for (size_t i = 0; i < rule_count; i++) {
		char *longer = format("%s%s%s", list, i ? between : "", rules[i].key);

		free(list);
		list = longer;
	}
	return list;
}

const char *rule_page(const char *key)
{
	for (const struct page *page = pages; page->key; page++)
		if (!strcmp(page->key, key))
			return page->text;
	return NULL;
}
