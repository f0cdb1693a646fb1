// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "coverage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "memory.h"
#include "places.h"

const char *const coverage_states[COVERAGE_STATES] = {"fenced", "not fenced", "own memory only", "proxied",
						      "not analysed"};

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static int number_of(const json_t *object, const char *key)
{
	return (int)json_integer_value(json_object_get(object, key));
}

static int compare(const json_t *a, const json_t *b, const char *key)
{
	return strcmp(text_of(a, key), text_of(b, key));
}

static int by_door(const void *left, const void *right)
{
	static const char *const keys[] = {"file", "table", "slot", "function"};
	const json_t *a = *(json_t *const *)left, *b = *(json_t *const *)right;
	int order = 0;

	for (size_t i = 0; !order && i < sizeof(keys) / sizeof(*keys); i++)
		order = compare(a, b, keys[i]);
	// What holds for every command stands before the commands.
	if (!order)
		order = !!*text_of(a, "command") - !!*text_of(b, "command");
	if (!order)
		order = (number_of(a, "line") > number_of(b, "line")) - (number_of(a, "line") < number_of(b, "line"));
	return order ? order : compare(a, b, "command");
}

static bool same_table(const json_t *a, const json_t *b)
{
	return !compare(a, b, "file") && !compare(a, b, "table");
}

bool coverage_same_door(const json_t *a, const json_t *b)
{
	return !compare(a, b, "slot") && !compare(a, b, "function");
}

static bool same_fence(const json_t *a, const json_t *b)
{
	return !compare(a, b, "struct") && !compare(a, b, "lock") && !compare(a, b, "predicate");
}

bool coverage_covers(const json_t *fence, const json_t *row)
{
	const json_t *by;
	size_t i;

	json_array_foreach(json_object_get(row, "fences"), i, by)
		if (same_fence(fence, by))
			return true;
	return false;
}

bool coverage_takes(const json_t *row, const json_t *fence)
{
	const json_t *door;
	size_t i;

	json_array_foreach(json_object_get(fence, "doors"), i, door)
		if (json_string_value(door) && !strcmp(json_string_value(door), text_of(row, "function")))
			return true;
	return false;
}

// Drivers use the same names: a fence and a table belong together when one unit speaks of both.
static bool seen_with(const json_t *fence, const json_t *row)
{
	const json_t *units = json_object_get(fence, "units"), *unit;
	size_t i;

	json_array_foreach(units, i, unit)
		if (json_string_value(unit) && !strcmp(json_string_value(unit), text_of(row, "file")))
			return true;
	return !units && !compare(fence, row, "file");
}

// The fence covers a row, or the unit says that one of the doors takes it.
static bool is_column(const struct coverage_table *table, const json_t *fence)
{
	if (!seen_with(fence, table->rows[0]))
		return false;
	for (size_t i = 0; i < table->count; i++)
		if (coverage_covers(fence, table->rows[i]) || coverage_takes(table->rows[i], fence))
			return true;
	return false;
}

// A fence that several functions of teardown end is one column.
static void add_column(struct coverage_table *table, const json_t *fence)
{
	for (size_t i = 0; i < table->width; i++)
		if (same_fence(table->columns[i], fence))
			return;
	table->columns = reallocate(table->columns, table->width + 1, sizeof(*table->columns));
	table->columns[table->width++] = fence;
}

static void find_columns(struct coverage_table *table, const json_t *fences, bool *shown)
{
	const json_t *fence;
	size_t i;

	json_array_foreach(fences, i, fence) {
		if (!is_column(table, fence))
			continue;
		add_column(table, fence);
		shown[i] = true;
	}
	for (size_t row = 0; row < table->count; row++)
		json_array_foreach(json_object_get(table->rows[row], "fences"), i, fence)
			add_column(table, fence);
}

struct coverage coverage_read(const json_t *fences, const json_t *rows)
{
	size_t count = json_array_size(rows);
	struct coverage coverage = {
		.order = allocate((count + 1) * sizeof(*coverage.order)),
		.shown = allocate((json_array_size(fences) + 1) * sizeof(*coverage.shown)),
	};

	for (size_t i = 0; i < count; i++)
		coverage.order[i] = json_array_get(rows, i);
	qsort(coverage.order, count, sizeof(*coverage.order), by_door);
	for (size_t at = 0, end; at < count; at = end) {
		struct coverage_table table = {.rows = coverage.order + at};

		for (end = at; end < count && same_table(coverage.order[at], coverage.order[end]); end++)
			;
		table.count = end - at;
		find_columns(&table, fences, coverage.shown);
		coverage.tables = reallocate(coverage.tables, coverage.count + 1, sizeof(table));
		coverage.tables[coverage.count++] = table;
	}
	return coverage;
}

void coverage_free(struct coverage *coverage)
{
	for (size_t i = 0; i < coverage->count; i++)
		free(coverage->tables[i].columns);
	free(coverage->tables);
	free(coverage->order);
	free(coverage->shown);
	*coverage = (struct coverage){0};
}

enum coverage_state coverage_state_of(const json_t *row)
{
	for (size_t i = 0; i < COVERAGE_STATES; i++)
		if (!strcmp(coverage_states[i], text_of(row, "state")))
			return (enum coverage_state)i;
	return COVERAGE_NOT_ANALYSED;
}

char *coverage_fence(const json_t *fence)
{
	const char *in = text_of(fence, "struct"), *lock = text_of(fence, "lock");
	const char *predicate = text_of(fence, "predicate"), *owner = text_of(fence, "predicate_struct");
	size_t roots = json_array_size(json_object_get(fence, "roots")), length;
	char *text = NULL;
	FILE *to = open_memstream(&text, &length);

	if (!to)
		fatal("out of memory");
	fprintf(to, "%s%s%s", in, *in ? "." : "", lock);
	if (*text_of(fence, "mode"))
		fprintf(to, " (%s)", text_of(fence, "mode"));
	if (strcmp(predicate, lock) || strcmp(owner, in)) {
		fprintf(to, ", tests %s%s%s", strcmp(owner, in) ? owner : "", strcmp(owner, in) && *owner ? "." : "",
			predicate);
		if (*text_of(fence, "bit"))
			fprintf(to, " bit %s", text_of(fence, "bit"));
	}
	if (*text_of(fence, "teardown"))
		fprintf(to, "; ended by %s", text_of(fence, "teardown"));
	if (*text_of(fence, "root") && strcmp(text_of(fence, "root"), text_of(fence, "teardown")))
		fprintf(to, " from %s", text_of(fence, "root"));
	if (roots > 1)
		fprintf(to, " and %zu more", roots - 1);
	if (*text_of(fence, "shape"))
		fprintf(to, "; %s", text_of(fence, "shape"));
	fclose(to);
	return text;
}

char *coverage_reason(const struct coverage_table *table, const json_t *row)
{
	const json_t *touch = json_object_get(row, "touch");
	const char *reason = text_of(row, "reason");
	bool taken = false;

	if (json_is_object(touch)) {
		char *place = place_of(touch);
		char *text = format("%s %s that %s: %s", place, text_of(touch, "does"), text_of(touch, "goes"),
				    reason);

		free(place);
		return text;
	}
	if (!*reason)
		return NULL;
	for (size_t i = 0; i < table->width; i++)
		taken |= coverage_takes(row, table->columns[i]);
	return format("%s%s", reason,
		      taken && !strcmp(text_of(row, "state"), coverage_states[COVERAGE_NOT_ANALYSED])
			      ? "; it takes the fence"
			      : "");
}
