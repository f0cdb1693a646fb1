// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strongfence explain: a rule's page.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "complain.h"
#include "options.h"
#include "output.h"
#include "rules.h"
#include "text.h"

enum { SCREEN = 100 };

static const char help[] =
	"usage: strongfence explain RULE\n"
	"\n"
	"Prints the rule's page: what it finds, why it is a bug, how to repair it. The rules:\n";

// The page without the comment that says its licence.
static const char *without_licence(const char *page)
{
	if (!strncmp(page, "<!--", 4)) {
		page = strchrnul(page, '\n');
		page += strspn(page, "\n");
	}
	return page;
}

int command_explain(int argc, char **argv)
{
	static const char prefix[] = "teardown.", alpha[] = "alpha.";
	struct options options = options_read(argc, argv, 0);
	struct output output = output_open(NULL);
	const char *key, *page;

	if (options.help) {
		fputs(help, stdout);
		for (size_t i = 0; i < rule_count; i++) {
			char *line = format("  %-20s %s%s", rules[i].key, rules[i].summary,
					    rule_is_alpha(&rules[i]) ? " (alpha: off by default)" : "");

			text_wrapped(stdout, line, 0, 23, SCREEN);
			free(line);
		}
		return VERDICT_CLEAN;
	}
	if (options.paths.count != 1)
		fatal("explain: name one rule: %s", rule_list(", "));
	key = options.paths.at[0];
	if (!strncmp(key, alpha, strlen(alpha)))
		key += strlen(alpha);
	if (!strncmp(key, prefix, strlen(prefix)))
		key += strlen(prefix);
	if (!rule_known(key))
		fatal("unknown rule '%s'; the rules are %s", key, rule_list(", "));
	if (strcmp(rule_package(key), prefix))
		printf("This rule is alpha, not precise enough yet: it is off unless --alpha or --rules asks for it.\n\n");
	page = rule_page(key);
	if (page)
		fputs(without_licence(page), stdout);
	else
		for (size_t i = 0; i < rule_count; i++)
			if (!strcmp(rules[i].key, key))
				printf("# %s\n\n%s.\n", key, rules[i].summary);
	output_close(&output);
	return VERDICT_CLEAN;
}
