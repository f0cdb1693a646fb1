// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rules, from checker/rules.def, and their pages, from docs/rules.

#ifndef STRONGFENCE_RULES_H
#define STRONGFENCE_RULES_H

#include <stdbool.h>
#include <stddef.h>

struct rule {
	const char *key;
	const char *level;
	const char *summary;
};

extern const struct rule rules[];
extern const size_t rule_count;

// Off unless it is asked for.
bool rule_is_alpha(const struct rule *rule);

// What stands before the key in the name of its checker: "teardown." or "alpha.teardown.". A key that is
// not known counts as one that is not alpha.
const char *rule_package(const char *key);

bool rule_known(const char *key);

// The key as the list has it, of a key or of a checker's name with the package before it. NULL for neither.
const char *rule_find(const char *word, size_t length);

char *rule_list(const char *between); // caller frees

// The rule's page as Markdown; NULL for a rule that has none.
const char *rule_page(const char *key);

#endif
