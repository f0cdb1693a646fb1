// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rows of fences.tsv against the fences that were inferred.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "tier.h"

// The field, and the bit of it where the record names one.
static char *predicate_of(const json_t *fence)
{
	const char *bit = text_of(fence, "bit");

	return format("%s%s%s", text_of(fence, "predicate"), *bit ? "." : "", bit);
}

// Whether one of the row's functions is on the way from the fence's root to its kill.
static bool is_on_the_way(const char *functions, const json_t *fence)
{
	const json_t *step;
	size_t i;

	json_array_foreach(json_object_get(fence, "path"), i, step)
		if (table_has(functions, '|', json_string_value(step)))
			return true;
	return false;
}

// A fence that several units see is told once, from one of them.
static bool same_folder(const char *left, const char *right)
{
	const char *end = strrchr(left, '/');
	size_t length = end ? (size_t)(end - left) + 1 : 0;

	return !strncmp(left, right, length) && !strchr(right + length, '/');
}

static bool is_fence(const struct table *table, size_t row, const json_t *fence)
{
	const char *structs = table_cell(table, row, "struct");
	const char *lock = text_of(fence, "lock"), *in = text_of(fence, "struct");
	const char *file = table_cell(table, row, "file");
	const json_t *kill = json_object_get(fence, "kill");
	char *predicate = predicate_of(fence);
	bool same = !strcmp(text_of(fence, "type"), "fence") &&
		    (same_folder(text_of(fence, "file"), file) || same_folder(text_of(kill, "file"), file)) &&
		    table_has(structs, '|', *in ? in : "-") &&
		    table_has(table_cell(table, row, "lock"), '|', *lock ? lock : "-") &&
		    table_has(table_cell(table, row, "predicate"), '|', predicate) &&
		    is_on_the_way(table_cell(table, row, "teardown"), fence);

	free(predicate);
	return same;
}

void compare_fences(struct tier *tier, struct rate *inferred)
{
	const struct table *table = &tier->fences;

	for (size_t i = 0; i < table->count; i++) {
		const struct tree *tree = tree_of(tier, table, i);
		const char *expect = table_cell(table, i, "expect");
		const char *file = table_cell(table, i, "file");
		const json_t *fence;
		bool hit = false;
		size_t j;

		if (strcmp(expect, "inferred") && strcmp(expect, "missed"))
			fatal("%s: %s: expect is neither inferred nor missed", table->path,
			      table_cell(table, i, "name"));
		json_array_foreach(tree->fences, j, fence)
			hit |= is_fence(table, i, fence);
		count(inferred, hit);
		printf("fence %-24s %-4s %s %s.%s %s %s: %s%s\n", table_cell(table, i, "name"),
		       tree->name, file, table_cell(table, i, "struct"),
		       table_cell(table, i, "lock"), table_cell(table, i, "predicate"),
		       table_cell(table, i, "teardown"), hit ? "inferred" : "missed",
		       judge(tier, hit, true, !strcmp(expect, "inferred")));
		if (hit)
			continue;
		printf("      %s\n", table_cell(table, i, "why"));
		json_array_foreach(tree->fences, j, fence) {
			if (strcmp(text_of(fence, "type"), "fence") || strcmp(text_of(fence, "file"), file))
				continue;
			char *predicate = predicate_of(fence);

			printf("      there: %s.%s %s %s\n",
			       *text_of(fence, "struct") ? text_of(fence, "struct") : "-",
			       text_of(fence, "lock"), predicate, text_of(fence, "teardown"));
			free(predicate);
		}
	}
}
