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

static const char help[] =
	"usage: strongfence explain RULE\n"
	"\n"
	"Prints the rule's page: what it finds, why it is a bug, how to repair it. The rules:\n";

int command_explain(int argc, char **argv)
{
	static const char prefix[] = "teardown.";
	struct options options = options_read(argc, argv, 0);
	struct output output = output_open(NULL);
	const char *key, *page;

	if (options.help) {
		fputs(help, stdout);
		for (size_t i = 0; i < rule_count; i++)
			printf("  %-20s %s\n", rules[i].key, rules[i].summary);
		return VERDICT_CLEAN;
	}
	if (options.paths.count != 1)
		fatal("explain: name one rule: %s", rule_list(", "));
	key = options.paths.at[0];
	if (!strncmp(key, prefix, strlen(prefix)))
		key += strlen(prefix);
	if (!rule_known(key))
		fatal("unknown rule '%s'; the rules are %s", key, rule_list(", "));
	page = rule_page(key);
	if (page)
		fputs(page, stdout);
	else
		for (size_t i = 0; i < rule_count; i++)
			if (!strcmp(rules[i].key, key))
				printf("# %s\n\n%s.\n", key, rules[i].summary);
	output_close(&output);
	return VERDICT_CLEAN;
}
