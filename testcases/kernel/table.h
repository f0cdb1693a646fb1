// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A table of tab-separated values: lines that begin with '#' are comments, the first other line
// names the columns.

#ifndef STRONGFENCE_TABLE_H
#define STRONGFENCE_TABLE_H

#include <stdbool.h>

#include "memory.h"

struct table {
	const char *path;
	char *comments; // the lines before the columns
	struct strings columns;
	struct strings *rows;
	size_t count;
};

// Fatal, with file and line, when it cannot be read or a row has not one cell for each column.
struct table table_read(const char *path);

// The cell; fatal when there is no such column. Owned by the table.
const char *table_cell(const struct table *table, size_t row, const char *column);

// Whether `word` is one of the cell's words, which `separator` divides.
bool table_has(const char *cell, char separator, const char *word);

#endif
