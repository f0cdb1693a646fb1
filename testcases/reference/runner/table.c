// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "files.h"
#include "findings.h"

#define BEGIN "<!-- reference matrix -->"
#define END "<!-- end of reference matrix -->"

enum { COLUMNS = 7, NAME = 0, RULE, FENCE, STATIC, TIER_COLUMNS, TIME = TIER_COLUMNS + TIERS };

static const char *const headings[COLUMNS] = {"mutant", "rule", "fence", "static", "UML", "QEMU", "time"};

// "KASAN fenced_read" for one run, "10/10 KASAN fenced_read" for more, and for a miss what was seen instead.
static char *cell_text(const struct row *row, const struct cell *cell)
{
	bool several = cell->runs > 1;
	char *text;

	if (!cell->runs)
		return copy("not run");
	text = several	      ? format("%zu/%zu", cell->good, cell->runs)
	       : cell->good   ? copy("")
	       : !row->source->mutant ? copy("NOT CLEAN:")
	       : cell->demanded ? copy("MISSED:")
				: copy("missed:");
	for (size_t i = 0; i < cell->seen.count; i++) {
		char *times = cell->seen.count > 1 ? format(" (%zu)", cell->times[i]) : copy("");
		char *longer = format("%s%s%s%s", text, i ? ", " : *text ? " " : "", cell->seen.at[i], times);

		free(times);
		free(text);
		text = longer;
	}
	return text;
}

static bool shown(const struct columns *columns, int column)
{
	if (column == STATIC)
		return columns->checker;
	if (column >= TIER_COLUMNS && column < TIME)
		return columns->tiers[column - TIER_COLUMNS];
	return column != TIME || columns->tiers[TIER_UML] || columns->tiers[TIER_QEMU];
}

// A variant of a reference has no static verdict of its own.
static bool shows(const struct row *row, const struct columns *columns)
{
	return row_has_static(row) || columns->tiers[TIER_UML] || columns->tiers[TIER_QEMU];
}

static void fill(const struct row *row, char *cells[COLUMNS])
{
	const struct mutant *mutant = row->source->mutant;
	double seconds = 0;

	cells[NAME] = copy(row->name);
	cells[RULE] = copy(mutant ? mutant->rule : "");
	cells[FENCE] = copy(flavour_names[row->source->flavour]);
	cells[STATIC] = findings_text(row);
	for (int tier = 0; tier < TIERS; tier++) {
		cells[TIER_COLUMNS + tier] = cell_text(row, &row->cells[tier]);
		seconds += row->cells[tier].seconds;
	}
	cells[TIME] = format("%.1f s", seconds);
}

static void print_cells(FILE *to, char *const cells[COLUMNS], const size_t *widths,
			const struct columns *columns, bool markdown)
{
	const char *between = markdown ? "| " : "";

	for (int i = 0; i < COLUMNS; i++) {
		if (!shown(columns, i))
			continue;
		fputs(between, to);
		between = markdown ? " | " : "  ";
		fprintf(to, "%-*s", (int)widths[i], cells[i]);
	}
	fputs(markdown ? " |\n" : "\n", to);
}

static void print(FILE *to, const struct matrix *matrix, const struct columns *columns, bool markdown)
{
	char *(*cells)[COLUMNS] = allocate((matrix->count + 2) * sizeof(*cells));
	size_t widths[COLUMNS] = {0}, rows = matrix->count + 2;

	for (int i = 0; i < COLUMNS; i++)
		cells[0][i] = copy(headings[i]);
	for (size_t i = 0; i < matrix->count; i++)
		fill(&matrix->at[i], cells[i + 2]);
	for (int i = 0; i < COLUMNS; i++) {
		cells[1][i] = copy("---");
		for (size_t j = 0; j < rows && !markdown; j++)
			if (strlen(cells[j][i]) > widths[i])
				widths[i] = strlen(cells[j][i]);
	}
	for (size_t i = 0; i < rows; i++)
		if (i < 2 ? !i || markdown : shows(&matrix->at[i - 2], columns))
			print_cells(to, cells[i], widths, columns, markdown);
	for (size_t i = 0; i < rows; i++)
		for (int j = 0; j < COLUMNS; j++)
			free(cells[i][j]);
	free(cells);
}

void table_print(FILE *to, const struct matrix *matrix, const struct columns *columns)
{
	print(to, matrix, columns, false);
}

static bool disagrees(const struct row *row)
{
	return row->agreement == STATIC_MISSED || row->agreement == STATIC_OTHER ||
	       row->agreement == STATIC_BROKEN;
}

void table_failures(FILE *to, const struct matrix *matrix, const struct columns *columns)
{
	for (size_t i = 0; i < matrix->count; i++) {
		const struct row *row = &matrix->at[i];

		if (columns->checker && disagrees(row)) {
			char *text = findings_text(row);

			fprintf(to, "FAILED %s: static: %s\n", row->name, text);
			free(text);
		}
		if (columns->checker && row->others.count > 1) {
			fprintf(to, "%s: not asked for:", row->name);
			for (size_t j = 0; j < row->others.count; j++)
				fprintf(to, "%s %s", j ? "," : "", row->others.at[j]);
			fputs("\n", to);
		}
		for (int tier = 0; tier < TIERS; tier++) {
			const struct cell *cell = &row->cells[tier];

			if (cell->good == cell->runs)
				continue;
			char *text = cell_text(row, cell);

			fprintf(to, "%s %s: %s: %s\n", cell->demanded ? "FAILED" : "not demanded", row->name,
				tier_names[tier], text);
			for (size_t j = 0; j < cell->logs.count; j++)
				fprintf(to, "  %s\n", cell->logs.at[j]);
			free(text);
		}
	}
}

struct totals table_totals(const struct matrix *matrix, const struct columns *columns)
{
	struct totals totals = {0};

	for (size_t i = 0; i < matrix->count; i++) {
		const struct row *row = &matrix->at[i];

		if (columns->checker && row_has_static(row)) {
			totals.rows++;
			totals.agree += row->agreement == STATIC_OK;
			totals.no_rule += row->agreement == STATIC_NO_RULE;
			totals.failed += disagrees(row);
		}
		for (int tier = 0; tier < TIERS; tier++) {
			const struct cell *cell = &row->cells[tier];

			if (!cell->runs || (!cell->demanded && cell->good < cell->runs))
				continue;
			*(cell->good == cell->runs ? &totals.passed : &totals.failed) += 1;
		}
	}
	totals.passed += totals.agree;
	return totals;
}

void table_update(const char *path, const char *heading, const struct matrix *matrix,
		  const struct columns *columns)
{
	char *page = file_read(path, NULL), *begin, *end, *text;
	size_t length;
	FILE *to;

	if (!page)
		fatal("%s: %s", path, strerror(errno));
	begin = strstr(page, BEGIN "\n");
	end = begin ? strstr(begin, END) : NULL;
	if (!end)
		fatal("%s: it has no '%s' and after it '%s'", path, BEGIN, END);
	to = open_memstream(&text, &length);
	fwrite(page, 1, (size_t)(begin - page), to);
	fprintf(to, "%s\n\n%s\n\n", BEGIN, heading);
	print(to, matrix, columns, true);
	fprintf(to, "\n%s", end);
	fclose(to);
	if (file_write(path, text, length) < 0)
		fatal("%s: %s", path, strerror(errno));
	free(text);
	free(page);
}
