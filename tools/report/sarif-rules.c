// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sarif-rules.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "notices.h"
#include "rules.h"

enum { DESCRIPTION = 1024 }; // longest that code scanning takes, in characters; bytes are safe

const char *sarif_level(enum severity severity)
{
	switch (severity) {
	case SEVERITY_HIGH: return "error";
	case SEVERITY_LOW:
	case SEVERITY_INFO: return "note";
	case SEVERITY_MEDIUM:
	case SEVERITY_UNKNOWN: break;
	}
	return "warning";
}

int sarif_rule_index(const char *key)
{
	for (size_t i = 0; i < rule_count; i++)
		if (!strcmp(rules[i].key, key))
			return (int)i;
	return -1;
}

// STRONGFENCE_HELP_URI with the rule's key for {rule}.
static char *help_uri(const char *key)
{
	static const char pattern[] = STRONGFENCE_HELP_URI, mark[] = "{rule}";
	const char *at = strstr(pattern, mark);

	return at ? format("%.*s%s%s", (int)(at - pattern), pattern, key, at + strlen(mark)) : copy(pattern);
}

// Where a link to another page ends; NULL when what begins at the bracket is none.
static const char *link_end(const char *at)
{
	const char *close = strstr(at, "]("), *end = close ? strchr(close, ')') : NULL;

	if (!end || memchr(at + 1, '[', (size_t)(close - at) - 1) || memchr(close, ' ', (size_t)(end - close)) ||
	    end - close < 5 || strncmp(end - 3, ".md", 3))
		return NULL;
	return end;
}

// The page from its title on. Links to other pages lead nowhere in a report: their text stays.
static char *page_of(const struct rule *rule)
{
	const char *page = rule_page(rule->key), *at = page ? strchr(page, '#') : NULL;
	char *text, *to;

	if (!at)
		return format("%s.", rule->summary);
	text = to = allocate(strlen(at) + 1);
	while (*at) {
		const char *end = *at == '[' ? link_end(at) : NULL;

		if (!end) {
			*to++ = *at++;
			continue;
		}
		to = mempcpy(to, at + 1, (size_t)(strstr(at, "](") - at) - 1);
		at = end + 1;
	}
	return text;
}

// The first paragraph under the title, in one line.
static char *first_paragraph(const char *page, const char *otherwise)
{
	const char *at = *page == '#' ? strstr(page, "\n\n") : NULL, *end = at ? strstr(at + 2, "\n\n") : NULL;
	char *text;

	if (!end || end - at - 2 > DESCRIPTION)
		return format("%s.", otherwise);
	text = copy_span(at + 2, (size_t)(end - at) - 2);
	for (char *c = text; *c; c++)
		if (*c == '\n')
			*c = ' ';
	return text;
}

// Precision is what reading a sample gave (docs/results.md): nine of ten findings are bugs; of an alpha rule fewer than
// six. There is no security-severity, since nothing was measured that would give a rule a score.
static json_t *rule_of(const struct rule *rule)
{
	char *page = page_of(rule), *paragraph = first_paragraph(page, rule->summary);
	char *brief = format("%s.", rule->summary), *uri = help_uri(rule->key);
	bool alpha = rule_is_alpha(rule);
	json_t *object = json_pack("{s:s, s:{s:s}, s:{s:s}, s:{s:s, s:s}, s:s, s:{s:b, s:s}, s:{s:s, s:[s,s,s]}}", "id",
				   rule->key, "shortDescription", "text", brief, "fullDescription", "text", paragraph,
				   "help", "text", page, "markdown", page, "helpUri", uri, "defaultConfiguration",
				   "enabled", !alpha, "level",
				   sarif_level(alpha ? SEVERITY_MEDIUM : severity_of(rule->level)), "properties",
				   "precision", alpha ? "low" : "high", "tags", "linux-kernel", "teardown",
				   "reliability");

	free(uri);
	free(brief);
	free(paragraph);
	free(page);
	return object;
}

json_t *sarif_driver(void)
{
	json_t *list = json_array();

	for (size_t i = 0; i < rule_count; i++)
		json_array_append_new(list, rule_of(&rules[i]));
	return json_pack("{s:s, s:s, s:s, s:o, s:o}", "name", "strongfence", "version", STRONGFENCE_VERSION,
			 "semanticVersion", STRONGFENCE_VERSION, "rules", list, "notifications", notice_kinds());
}
