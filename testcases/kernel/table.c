// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "files.h"

static struct strings split(const char *line, size_t length)
{
	struct strings cells = {0};
	const char *end = line + length;

	for (;;) {
		const char *tab = memchr(line, '\t', (size_t)(end - line));

		strings_take(&cells, copy_span(line, (size_t)((tab ? tab : end) - line)));
		if (!tab)
			return cells;
		line = tab + 1;
	}
}

struct table table_read(const char *path)
{
	struct table table = {.path = path};
	char *text = file_read(path, NULL);
	size_t number = 0;

	if (!text)
		fatal("%s: %s", path, strerror(errno));
	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\n");

		number++;
		if (length && *line != '#') {
			struct strings cells = split(line, length);

			if (!table.columns.count) {
				table.columns = cells;
				table.comments = copy_span(text, (size_t)(line - text));
			} else if (cells.count != table.columns.count) {
				fatal("%s:%zu: %zu cells, the table has %zu columns", path, number,
				      cells.count, table.columns.count);
			} else {
				table.rows = reallocate(table.rows, table.count + 1, sizeof(*table.rows));
				table.rows[table.count++] = cells;
			}
		}
		line += length + (line[length] == '\n');
	}
	if (!table.count)
		fatal("%s: it has no row", path);
	free(text);
	return table;
}

const char *table_cell(const struct table *table, size_t row, const char *column)
{
	for (size_t i = 0; i < table->columns.count; i++)
		if (!strcmp(table->columns.at[i], column))
			return table->rows[row].at[i];
	fatal("%s: it has no column '%s'", table->path, column);
}

bool table_has(const char *cell, char separator, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = cell; at; at = strchr(at, separator)) {
		at += *at == separator;
		if (!strncmp(at, word, length) && (at[length] == separator || !at[length]))
			return true;
	}
	return false;
}
