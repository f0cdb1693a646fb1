// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rows of expect.tsv against the findings.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "options.h"
#include "tier.h"

// The column that says what is expected; a cell "-": no semantic patch serves the row's rule.
static const char *expect_of(const struct tier *tier, size_t row)
{
	return table_cell(&tier->expect, row, tier->cocci ? "cocci" : "expect");
}

static bool is_served(const struct tier *tier, size_t row)
{
	return !tier->cocci || strcmp(expect_of(tier, row), "-");
}

// The rules whose finding may stand in teardown as well as in the operation that it cuts off.
static bool of_teardown(const char *rule)
{
	static const char *const rules_of_teardown[] = {"TeardownOrder", "AsyncAfterTeardown", "TeardownHang",
							"FenceNeverClosed"};

	for (size_t i = 0; i < sizeof(rules_of_teardown) / sizeof(*rules_of_teardown); i++)
		if (!strcmp(rules_of_teardown[i], rule))
			return true;
	return false;
}

// Whether the finding is in a function of the row, or was entered by one.
static bool in_functions(const struct table *table, size_t row, const json_t *finding)
{
	const char *functions = table_cell(table, row, "functions");

	return !strcmp(text_of(finding, "file"), table_cell(table, row, "file")) &&
	       (table_has(functions, ',', text_of(finding, "function")) ||
		table_has(functions, ',', text_of(finding, "door")));
}

// Whether it is about the row's teardown.
static bool in_teardown(const struct table *table, size_t row, const json_t *finding)
{
	char *file;
	const char *teardown = teardown_of(table, row, &file);
	bool there = !strcmp(text_of(finding, "file"), file) ||
		     !strcmp(text_of(finding, "file"), table_cell(table, row, "file"));

	free(file);
	return there && strcmp(teardown, "-") &&
	       (table_has(teardown, ',', text_of(finding, "function")) ||
		table_has(teardown, ',', text_of(finding, "teardown")));
}

// The most severe finding of the row's rule in one of its functions, NULL when there is none. *other is
// a finding of another rule there.
static const json_t *find(const struct tier *tier, size_t row, const struct tree *tree,
			  const json_t **other)
{
	const char *rule = table_cell(&tier->expect, row, "rule");
	const json_t *best = NULL, *finding;
	size_t i;

	*other = NULL;
	json_array_foreach(tree->findings, i, finding) {
		if (!in_functions(&tier->expect, row, finding) &&
		    !(of_teardown(rule) && in_teardown(&tier->expect, row, finding)))
			continue;
		if (strcmp(text_of(finding, "rule"), rule))
			*other = finding;
		else if (!best || severity_of(text_of(finding, "severity")) >
					  severity_of(text_of(best, "severity")))
			best = finding;
	}
	return best;
}

// Whether a default run prints it.
static bool shown(const json_t *finding)
{
	return finding && severity_of(text_of(finding, "severity")) > SEVERITY_INFO;
}

// What a row of status hygiene or worse wants is another thing than what the others want.
static bool is_silent(const char *status)
{
	return strcmp(status, "bug") && strcmp(status, "hygiene");
}

// The rates a rule for itself, which the total hides, with the rows that spoil them.
static void print_rule(const struct tier *tier, const char *rule, const json_t *const *found)
{
	const struct table *table = &tier->expect;
	struct rate bugs = {0}, silent = {0};

	for (size_t i = 0; i < table->count; i++) {
		const char *status = table_cell(table, i, "status");

		if (strcmp(table_cell(table, i, "rule"), rule) || !is_served(tier, i))
			continue;
		if (!strcmp(status, "bug"))
			count(&bugs, shown(found[i]));
		else if (is_silent(status))
			count(&silent, shown(found[i]));
	}
	printf("%-19s %3zu of %3zu %5.1f %%    %3zu of %3zu %5.1f %%\n", rule, bugs.hits, bugs.rows,
	       percent(&bugs), silent.hits, silent.rows, percent(&silent));
	for (size_t i = 0; i < table->count; i++) {
		const char *status = table_cell(table, i, "status"), *id = table_cell(table, i, "id");

		if (strcmp(table_cell(table, i, "rule"), rule) || !is_served(tier, i) ||
		    shown(found[i]) == !strcmp(status, "bug"))
			continue;
		if (!shown(found[i]))
			printf("    missed %s %s: %s\n", id, table_cell(table, i, "file"),
			       tier->cocci ? table_cell(table, i, "evidence") : table_cell(table, i, "why"));
		else
			printf("    false %s %s (%s): %s:%d %s\n", id, table_cell(table, i, "file"), status,
			       text_of(found[i], "function"),
			       (int)json_integer_value(json_object_get(found[i], "line")),
			       table_cell(table, i, "why"));
	}
}

static void print_rules(const struct tier *tier, const json_t *const *found)
{
	const struct table *table = &tier->expect;
	struct strings seen = {0};

	printf("\n%-19s %-17s    %s\n", "rule", "bugs reported", "ok and fixed reported");
	for (size_t i = 0; i < table->count; i++)
		if (is_served(tier, i) && !strings_have(&seen, table_cell(table, i, "rule")))
			strings_add(&seen, table_cell(table, i, "rule"));
	strings_sort(&seen);
	for (size_t i = 0; i < seen.count; i++)
		print_rule(tier, seen.at[i], found);
	printf("\n");
	strings_free(&seen);
}

void print_table(struct tier *tier)
{
	const struct table *table = &tier->expect;

	fputs(table->comments, stdout);
	for (size_t j = 0; j < table->columns.count; j++)
		printf("%s%s", j ? "\t" : "", table->columns.at[j]);
	printf("\n");
	for (size_t i = 0; i < table->count; i++) {
		const json_t *other;
		bool hit = shown(find(tier, i, tree_of(tier, table, i), &other));
		bool wanted = !strcmp(table_cell(table, i, "status"), "bug");

		for (size_t j = 0; j < table->columns.count; j++) {
			const char *name = table->columns.at[j], *cell = table->rows[i].at[j];

			if (!strcmp(name, tier->cocci ? "cocci" : "expect"))
				cell = !is_served(tier, i) ? "-" : hit ? "reported" : "silent";
			else if (tier->cocci)
				; // the reasons are those of the other engine
			else if (!strcmp(name, "why") && hit == wanted)
				cell = "-";
			else if (!strcmp(name, "why") && !strcmp(cell, "-"))
				cell = "?";
			printf("%s%s", j ? "\t" : "", cell);
		}
		printf("\n");
	}
}

void compare_findings(struct tier *tier, struct rate *bugs, struct rate *silent,
			     struct rate *hygiene)
{
	const struct table *table = &tier->expect;
	const json_t **all = allocate(table->count * sizeof(*all));

	for (size_t i = 0; i < table->count; i++) {
		const char *status = table_cell(table, i, "status");
		const char *expect = expect_of(tier, i);
		const json_t *other, *found = find(tier, i, tree_of(tier, table, i), &other);
		bool bug = !strcmp(status, "bug"), hit = shown(found);
		struct rate *rate = bug ? bugs : is_silent(status) ? silent : hygiene;

		if (!is_served(tier, i))
			continue;
		if (strcmp(expect, "reported") && strcmp(expect, "silent"))
			fatal("%s: %s: expect is neither reported nor silent", table->path,
			      table_cell(table, i, "id"));
		count(rate, hit);
		all[i] = found;
		printf("%-5s %-7s %-18s %-4s %s: %s", table_cell(table, i, "id"), status,
		       table_cell(table, i, "rule"), table_cell(table, i, "tree"),
		       table_cell(table, i, "file"), hit ? "reported" : bug ? "missed" : "silent");
		if (found)
			printf(" %s:%d %s", text_of(found, "function"),
			       (int)json_integer_value(json_object_get(found, "line")),
			       text_of(found, "severity"));
		else if (other)
			printf(" [%s in %s]", text_of(other, "rule"), text_of(other, "function"));
		printf("%s\n", judge(tier, hit, bug, !strcmp(expect, "reported")));
		if (hit != bug && !tier->cocci)
			printf("      %s\n", table_cell(table, i, "why"));
	}
	print_rules(tier, all);
	free(all);
}
