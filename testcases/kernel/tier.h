// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One run of the real-kernel tier: the trees, what strongfence said of them, and how it compares with the tables.

#ifndef STRONGFENCE_TIER_H
#define STRONGFENCE_TIER_H

#include <jansson.h>

#include "table.h"

struct tree {
	char *name, *src, *build;
	json_t *findings, *fences; // arrays of what was printed
};

struct tier {
	struct table expect, fences;
	struct tree *trees;
	size_t tree_count;
	const char *strongfence, *work, *llvm, *jobs;
	size_t passed, failed;
	bool trouble, print_table, alpha;
	bool cocci; // the engine is Coccinelle
};


struct rate {
	size_t rows, hits;
};

void count(struct rate *rate, bool hit);
double percent(const struct rate *rate);

// Counts the row as a test and says what is to be done about it when it is not as expected.
const char *judge(struct tier *tier, bool hit, bool wanted, bool expected);

// The member of a finding or a fence, "" where it has none.
const char *text_of(const json_t *object, const char *key);

// Fatal when no --tree has the row's name.
struct tree *tree_of(struct tier *tier, const struct table *table, size_t row);

// The cell FILE:FUNCTION or FUNCTION, which then is in the row's own file. Caller frees *file.
const char *teardown_of(const struct table *table, size_t row, char **file);

// Prints each row of expect.tsv and the rates rule by rule, and adds to the rates.
void compare_findings(struct tier *tier, struct rate *bugs, struct rate *silent, struct rate *hygiene);

// Prints the table of --expect with what is expected as it is now, and a why only where a row needs one: '?' where none
// was written yet.
void print_table(struct tier *tier);

// Prints each row of fences.tsv, and adds to the rate.
void compare_fences(struct tier *tier, struct rate *inferred);

#endif
