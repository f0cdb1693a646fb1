// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "matrix.h"

#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "coverage.h"
#include "memory.h"
#include "places.h"

enum {
	NAME = 40,   // longest name of a door or command that the cells do not give way to
	CELL = 17,   // "own memory only", and a gap
	WIDE = 3,    // columns that are written out; more of them are letters
	LETTER = 4,
	LINE = 100,
};

// The letters of narrow cells, in the order of enum coverage_state.
static const char letters[] = "FNOP?";

struct matrix {
	FILE *to;
	const struct coverage_table *table;
	struct strings notes; // footnotes, from [1]
};

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
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
	char *text = coverage_fence(fence), *places = places_of(fence);

	fprintf(matrix->to, "  %c  %s", (char)('A' + column % 26), text);
	if (*places)
		fprintf(matrix->to, " [%zu]", note(matrix, copy(places)));
	fputc('\n', matrix->to);
	free(places);
	free(text);
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

static void one_row(struct matrix *matrix, size_t at, int slot, int name)
{
	const struct coverage_table *table = matrix->table;
	const json_t *row = table->rows[at], *last = at ? table->rows[at - 1] : NULL;
	const char *command = text_of(row, "command");
	bool again = last && coverage_same_door(row, last);
	bool more = at + 1 < table->count && coverage_same_door(row, table->rows[at + 1]);
	enum coverage_state state = coverage_state_of(row);
	size_t length;
	char *reason, *label, *line = NULL;
	FILE *to = open_memstream(&line, &length);

	if (!to)
		fatal("out of memory");

	if (*command && !again)
		fprintf(matrix->to, "  %-*s  %s\n", slot, text_of(row, "slot"), text_of(row, "function"));
	label = *command ? format("  %s", command)
		: more	 ? format("%s, any command", text_of(row, "function"))
			 : copy(text_of(row, "function"));
	fprintf(to, "  %-*s  %-*s", slot, *command || again ? "" : text_of(row, "slot"), name, label);
	for (size_t i = 0; i < (table->width ? table->width : 1); i++) {
		bool elsewhere = state == COVERAGE_FENCED && table->width && !coverage_covers(table->columns[i], row);

		if (table->width > WIDE)
			fprintf(to, "  %-*c", LETTER - 2, elsewhere ? '-' : letters[state]);
		else
			fprintf(to, "  %-*s", CELL - 2, elsewhere ? "-" : coverage_states[state]);
	}
	reason = coverage_reason(table, row);
	if (reason)
		fprintf(to, "  [%zu]", note(matrix, reason));
	fclose(to);
	put_line(matrix->to, line);
	free(label);
	free(line);
}

static void one_table(struct matrix *matrix)
{
	const struct coverage_table *table = matrix->table;
	const json_t *first = table->rows[0];
	char *file = visible(text_of(first, "file"));
	struct strings structs = {0};
	size_t slot = 0, name = 0;

	for (size_t i = 0; i < table->count; i++) {
		const json_t *row = table->rows[i];
		const char *in = text_of(json_object_get(row, "touch"), "struct");
		size_t length = strlen(text_of(row, "function")) + (*text_of(row, "command") ? 0 : 13);

		if (strlen(text_of(row, "slot")) > slot)
			slot = strlen(text_of(row, "slot"));
		if (strlen(text_of(row, "command")) + 2 > length && *text_of(row, "command"))
			length = strlen(text_of(row, "command")) + 2;
		if (!*text_of(row, "command") && (i + 1 == table->count || !coverage_same_door(row, table->rows[i + 1])))
			length = strlen(text_of(row, "function"));
		if (length > name)
			name = length;
		if (*in && !strings_have(&structs, in))
			strings_add(&structs, in);
	}
	if (name > NAME)
		name = NAME;
	for (size_t i = 0; i < table->width; i++)
		if (*text_of(table->columns[i], "struct") &&
		    !strings_have(&structs, text_of(table->columns[i], "struct")))
			strings_add(&structs, text_of(table->columns[i], "struct"));
	fprintf(matrix->to, "%s: %s", file, text_of(first, "table"));
	if (*text_of(first, "registration"))
		fprintf(matrix->to, " (%s)", text_of(first, "registration"));
	for (size_t i = 0; i < structs.count; i++)
		fprintf(matrix->to, "%s %s", i ? "," : " of struct", structs.at[i]);
	fputs("\n\n", matrix->to);
	for (size_t i = 0; i < table->width; i++)
		one_fence(matrix, i, table->columns[i]);
	if (!table->width)
		fputs("  No fence was inferred for it.\n", matrix->to);
	if (table->width > WIDE) {
		fputs("\n ", matrix->to);
		for (size_t i = 0; i < COVERAGE_STATES; i++)
			fprintf(matrix->to, " %c %s%s", letters[i], coverage_states[i], i + 1 < COVERAGE_STATES ? "," : "\n");
	}
	fprintf(matrix->to, "\n");
	if (table->width)
		fprintf(matrix->to, "%*s", (int)(slot + name + 4), "");
	for (size_t i = 0; i < table->width; i++)
		fprintf(matrix->to, "%*s%c", !i ? 2 : table->width > WIDE ? LETTER - 1 : CELL - 1, "",
			(char)('A' + i % 26));
	if (table->width)
		fputc('\n', matrix->to);
	for (size_t i = 0; i < table->count; i++)
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
	struct coverage read = coverage_read(fences, coverage);
	size_t count = json_array_size(coverage), wanted = json_array_size(fences), totals[COVERAGE_STATES] = {0};

	for (size_t i = 0; i < count; i++)
		totals[coverage_state_of(json_array_get(coverage, i))]++;
	for (size_t i = 0; i < read.count; i++) {
		struct matrix matrix = {.to = to, .table = &read.tables[i]};

		if (i)
			fputc('\n', to);
		one_table(&matrix);
	}
	print_lonely(to, fences, read.shown, count > 0);
	if (count)
		fprintf(to, "\n%zu fence%s, %zu row%s:", wanted, wanted == 1 ? "" : "s", count,
			count == 1 ? "" : "s");
	for (size_t s = 0, some = 0; s < COVERAGE_STATES; s++)
		if (totals[s])
			fprintf(to, "%s %zu %s", some++ ? "," : "", totals[s], coverage_states[s]);
	if (count)
		fputc('\n', to);
	coverage_free(&read);
}
