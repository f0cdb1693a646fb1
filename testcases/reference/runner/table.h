// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The matrix as a table, for people and for docs/results.md.

#ifndef REFERENCE_TABLE_H
#define REFERENCE_TABLE_H

#include <stdio.h>

#include "matrix.h"

// What the table shows: the static half, and which tiers.
struct columns {
	bool checker;
	bool tiers[TIERS];
};

void table_print(FILE *to, const struct matrix *matrix, const struct columns *columns);

// A line for each disagreement, with the consoles to look at.
void table_failures(FILE *to, const struct matrix *matrix, const struct columns *columns);

struct totals {
	size_t passed, failed; // cells that were demanded, and static verdicts
	size_t rows, agree, no_rule; // of the static half
};

struct totals table_totals(const struct matrix *matrix, const struct columns *columns);

// Replaces what `path` has between "<!-- reference matrix -->" and "<!-- end of reference matrix -->" with
// `heading` and the table. Fatal when it has no such lines.
void table_update(const char *path, const char *heading, const struct matrix *matrix,
		  const struct columns *columns);

#endif
