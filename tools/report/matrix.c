// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "matrix.h"

#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "memory.h"
#include "places.h"

enum {
	NAME = 40,   // longest name of a door or command that the cells do not give way to
	CELL = 17,   // "own memory only", and a gap
	WIDE = 3,    // columns that are written out; more of them are letters
	LETTER = 4,
	LINE = 100,
};

static const char *const states[] = {"fenced", "not fenced", "own memory only", "proxied", "not analysed"};
enum { STATES = sizeof(states) / sizeof(*states) };

// The letters of narrow cells, in the order of `states`.
static const char letters[] = "FNOP?";

struct matrix {
	FILE *to;
	const json_t **rows;   // of one table, in order
	size_t count;
	const json_t **columns;
	size_t width;
	struct strings notes;  // footnotes, from [1]
};

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

static bool same_door(const json_t *a, const json_t *b)
{
	return !compare(a, b, "slot") && !compare(a, b, "function");
}

static bool same_fence(const json_t *a, const json_t *b)
{
	return !compare(a, b, "struct") && !compare(a, b, "lock") && !compare(a, b, "predicate");
}

static bool covers(const json_t *fence, const json_t *row)
{
	const json_t *by;
	size_t i;

	json_array_foreach(json_object_get(row, "fences"), i, by)
		if (same_fence(fence, by))
			return true;
	return false;
}

static bool takes(const json_t *row, const json_t *fence)
{
	const json_t *door;
	size_t i;

	json_array_foreach(json_object_get(fence, "doors"), i, door)
		if (json_is_string(door) && !strcmp(json_string_value(door), text_of(row, "function")))
			return true;
	return false;
}

// Drivers use the same names: a fence and a row belong together when one unit speaks of both.
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
static bool is_column(const struct matrix *matrix, const json_t *fence)
{
	for (size_t i = 0; i < matrix->count; i++)
		if (seen_with(fence, matrix->rows[i]) &&
		    (covers(fence, matrix->rows[i]) || takes(matrix->rows[i], fence)))
			return true;
	return false;
}

// A fence that several functions of teardown end is one column.
static void add_column(struct matrix *matrix, const json_t *fence)
{
	for (size_t i = 0; i < matrix->width; i++)
		if (same_fence(matrix->columns[i], fence))
			return;
	matrix->columns = reallocate(matrix->columns, matrix->width + 1, sizeof(*matrix->columns));
	matrix->columns[matrix->width++] = fence;
}

// Those that were inferred, then those that a single door tests in passing.
static void find_columns(struct matrix *matrix, const json_t *fences, bool *shown)
{
	const json_t *fence;
	size_t i;

	json_array_foreach(fences, i, fence) {
		if (!is_column(matrix, fence))
			continue;
		add_column(matrix, fence);
		shown[i] = true;
	}
	for (size_t row = 0; row < matrix->count; row++)
		json_array_foreach(json_object_get(matrix->rows[row], "fences"), i, fence)
			add_column(matrix, fence);
}

// The number of a footnote; one that was made already is used again. Owns the text.
static size_t note(struct matrix *matrix, char *text)
{
	for (size_t i = 0; i < matrix->notes.count; i++) {
		if (strcmp(matrix->notes.at[i], text))
			continue;
		free(text);
		return i + 1;
	}
	strings_take(&matrix->notes, text);
	return matrix->notes.count;
}

static void one_fence(struct matrix *matrix, size_t column, const json_t *fence)
{
	const char *in = text_of(fence, "struct"), *lock = text_of(fence, "lock");
	const char *predicate = text_of(fence, "predicate"), *owner = text_of(fence, "predicate_struct");
	char *places;

	fprintf(matrix->to, "  %c  %s%s%s", (char)('A' + column % 26), in, *in ? "." : "", lock);
	if (*text_of(fence, "mode"))
		fprintf(matrix->to, " (%s)", text_of(fence, "mode"));
	if (strcmp(predicate, lock) || strcmp(owner, in)) {
		fprintf(matrix->to, ", tests %s%s%s", strcmp(owner, in) ? owner : "",
			strcmp(owner, in) && *owner ? "." : "", predicate);
		if (*text_of(fence, "bit"))
			fprintf(matrix->to, " bit %s", text_of(fence, "bit"));
	}
	if (*text_of(fence, "teardown"))
		fprintf(matrix->to, "; ended by %s", text_of(fence, "teardown"));
	if (*text_of(fence, "root") && strcmp(text_of(fence, "root"), text_of(fence, "teardown")))
		fprintf(matrix->to, " from %s", text_of(fence, "root"));
	if (json_array_size(json_object_get(fence, "roots")) > 1)
		fprintf(matrix->to, " and %zu more", json_array_size(json_object_get(fence, "roots")) - 1);
	if (*text_of(fence, "shape"))
		fprintf(matrix->to, "; %s", text_of(fence, "shape"));
	places = places_of(fence);
	if (*places)
		fprintf(matrix->to, " [%zu]", note(matrix, copy(places)));
	fputc('\n', matrix->to);
	free(places);
}

// "F:1 reads registers through 'base' that 'foo_remove' unmaps: no fence is held".
static char *why(const json_t *row, bool takes_one)
{
	const json_t *touch = json_object_get(row, "touch");
	const char *reason = text_of(row, "reason");

	if (json_is_object(touch)) {
		char *place = place_of(touch);
		char *text = format("%s %s that %s: %s", place, text_of(touch, "does"), text_of(touch, "goes"),
				    reason);

		free(place);
		return text;
	}
	if (!*reason)
		return NULL;
	return format("%s%s", reason,
		      takes_one && !strcmp(text_of(row, "state"), "not analysed") ? "; it takes the fence" : "");
}

// Without the blanks that a column leaves at its end.
static void put_line(FILE *to, const char *line)
{
	size_t length = strlen(line);

	while (length && line[length - 1] == ' ')
		length--;
	fprintf(to, "%.*s\n", (int)length, line);
}

// Each in as many lines as it needs; a word is never broken.
static void put_notes(struct matrix *matrix)
{
	for (size_t i = 0; i < matrix->notes.count; i++) {
		size_t column = (size_t)fprintf(matrix->to, "  [%zu]", i + 1);

		for (const char *at = matrix->notes.at[i]; *at;) {
			size_t length = strcspn(at, " ");

			if (column + 1 + length > LINE)
				column = (size_t)fprintf(matrix->to, "\n     ") - 1;
			column += (size_t)fprintf(matrix->to, " %.*s", (int)length, at);
			at += length + strspn(at + length, " ");
		}
		fputc('\n', matrix->to);
	}
	strings_free(&matrix->notes);
}

static size_t state_of(const json_t *row)
{
	for (size_t i = 0; i < STATES; i++)
		if (!strcmp(states[i], text_of(row, "state")))
			return i;
	return STATES - 1;
}

static void one_row(struct matrix *matrix, size_t at, int slot, int name)
{
	const json_t *row = matrix->rows[at], *last = at ? matrix->rows[at - 1] : NULL;
	const char *command = text_of(row, "command");
	bool again = last && same_door(row, last), more = at + 1 < matrix->count &&
							 same_door(row, matrix->rows[at + 1]);
	bool taken = false;
	size_t state = state_of(row), length;
	char *reason, *label, *line = NULL;
	FILE *to = open_memstream(&line, &length);

	if (!to)
		fatal("out of memory");

	for (size_t i = 0; i < matrix->width; i++)
		taken |= takes(row, matrix->columns[i]);
	if (*command && !again)
		fprintf(matrix->to, "  %-*s  %s\n", slot, text_of(row, "slot"), text_of(row, "function"));
	label = *command ? format("  %s", command)
		: more	 ? format("%s, any command", text_of(row, "function"))
			 : copy(text_of(row, "function"));
	fprintf(to, "  %-*s  %-*s", slot, *command || again ? "" : text_of(row, "slot"), name, label);
	for (size_t i = 0; i < (matrix->width ? matrix->width : 1); i++) {
		bool elsewhere = state == 0 && matrix->width && !covers(matrix->columns[i], row);

		if (matrix->width > WIDE)
			fprintf(to, "  %-*c", LETTER - 2, elsewhere ? '-' : letters[state]);
		else
			fprintf(to, "  %-*s", CELL - 2, elsewhere ? "-" : states[state]);
	}
	reason = why(row, taken);
	if (reason)
		fprintf(to, "  [%zu]", note(matrix, reason));
	fclose(to);
	put_line(matrix->to, line);
	free(label);
	free(line);
}

static void one_table(struct matrix *matrix)
{
	const json_t *first = matrix->rows[0];
	char *file = visible(text_of(first, "file"));
	struct strings structs = {0};
	size_t slot = 0, name = 0;

	for (size_t i = 0; i < matrix->count; i++) {
		const json_t *row = matrix->rows[i];
		const char *in = text_of(json_object_get(row, "touch"), "struct");
		size_t length = strlen(text_of(row, "function")) + (*text_of(row, "command") ? 0 : 13);

		if (strlen(text_of(row, "slot")) > slot)
			slot = strlen(text_of(row, "slot"));
		if (strlen(text_of(row, "command")) + 2 > length && *text_of(row, "command"))
			length = strlen(text_of(row, "command")) + 2;
		if (!*text_of(row, "command") && (i + 1 == matrix->count || !same_door(row, matrix->rows[i + 1])))
			length = strlen(text_of(row, "function"));
		if (length > name)
			name = length;
		if (*in && !strings_have(&structs, in))
			strings_add(&structs, in);
	}
	if (name > NAME)
		name = NAME;
	for (size_t i = 0; i < matrix->width; i++)
		if (*text_of(matrix->columns[i], "struct") &&
		    !strings_have(&structs, text_of(matrix->columns[i], "struct")))
			strings_add(&structs, text_of(matrix->columns[i], "struct"));
	fprintf(matrix->to, "%s: %s", file, text_of(first, "table"));
	if (*text_of(first, "registration"))
		fprintf(matrix->to, " (%s)", text_of(first, "registration"));
	for (size_t i = 0; i < structs.count; i++)
		fprintf(matrix->to, "%s %s", i ? "," : " of struct", structs.at[i]);
	fputs("\n\n", matrix->to);
	for (size_t i = 0; i < matrix->width; i++)
		one_fence(matrix, i, matrix->columns[i]);
	if (!matrix->width)
		fputs("  No fence was inferred for it.\n", matrix->to);
	if (matrix->width > WIDE) {
		fputs("\n ", matrix->to);
		for (size_t i = 0; i < STATES; i++)
			fprintf(matrix->to, " %c %s%s", letters[i], states[i], i + 1 < STATES ? "," : "\n");
	}
	fprintf(matrix->to, "\n");
	if (matrix->width)
		fprintf(matrix->to, "%*s", (int)(slot + name + 4), "");
	for (size_t i = 0; i < matrix->width; i++)
		fprintf(matrix->to, "%*s%c", !i ? 2 : matrix->width > WIDE ? LETTER - 1 : CELL - 1, "",
			(char)('A' + i % 26));
	if (matrix->width)
		fputc('\n', matrix->to);
	for (size_t i = 0; i < matrix->count; i++)
		one_row(matrix, i, (int)slot, (int)name);
	if (matrix->notes.count)
		fputc('\n', matrix->to);
	put_notes(matrix);
	strings_free(&structs);
	free(file);
}

static void print_lonely(FILE *to, const json_t *fences, const bool *shown, bool follows)
{
	struct matrix matrix = {.to = to};
	const json_t *fence;
	size_t i, count = 0;

	json_array_foreach(fences, i, fence) {
		if (shown[i])
			continue;
		if (!count)
			fprintf(to, "%sFences that no door in sight takes\n\n", follows ? "\n" : "");
		one_fence(&matrix, count++, fence);
	}
	if (count)
		fputc('\n', to);
	put_notes(&matrix);
}

void matrix_text(FILE *to, const json_t *fences, const json_t *coverage)
{
	size_t count = json_array_size(coverage), wanted = json_array_size(fences), totals[STATES] = {0};
	const json_t **order = allocate((count + 1) * sizeof(*order));
	bool *shown = allocate((wanted + 1) * sizeof(*shown));

	for (size_t i = 0; i < count; i++)
		order[i] = json_array_get(coverage, i);
	qsort(order, count, sizeof(*order), by_door);
	for (size_t at = 0, end; at < count; at = end) {
		struct matrix matrix = {.to = to, .rows = order + at};

		for (end = at; end < count && same_table(order[at], order[end]); end++)
			totals[state_of(order[end])]++;
		matrix.count = end - at;
		find_columns(&matrix, fences, shown);
		if (at)
			fputc('\n', to);
		one_table(&matrix);
		free(matrix.columns);
	}
	print_lonely(to, fences, shown, count > 0);
	if (count)
		fprintf(to, "\n%zu fence%s, %zu row%s:", wanted, wanted == 1 ? "" : "s", count,
			count == 1 ? "" : "s");
	for (size_t s = 0, some = 0; s < STATES; s++)
		if (totals[s])
			fprintf(to, "%s %zu %s", some++ ? "," : "", totals[s], states[s]);
	if (count)
		fputc('\n', to);
	free(order);
	free(shown);
}
