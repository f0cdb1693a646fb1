// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The coverage matrix before anybody writes it: the rows of each ops table, and the fences that are its columns.

#ifndef STRONGFENCE_COVERAGE_H
#define STRONGFENCE_COVERAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum coverage_state {
	COVERAGE_FENCED,
	COVERAGE_NOT_FENCED,
	COVERAGE_OWN_MEMORY,
	COVERAGE_PROXIED,
	COVERAGE_NOT_ANALYSED, // what is not known counts as this
	COVERAGE_STATES,
};

// As the records have them, in the order of the enum.
extern const char *const coverage_states[COVERAGE_STATES];

// One ops table. Rows and columns are the results' objects, borrowed.
struct coverage_table {
	const json_t **rows; // a door's before its commands', commands as the source has them
	size_t count;
	const json_t **columns; // fences: those that were inferred, then those that a single door tests in passing
	size_t width;
};

struct coverage {
	struct coverage_table *tables; // by file and name
	size_t count;
	bool *shown; // for each fence, whether it is a column of some table
	const json_t **order;
};

struct coverage coverage_read(const json_t *fences, const json_t *rows);
void coverage_free(struct coverage *coverage);

enum coverage_state coverage_state_of(const json_t *row);
bool coverage_same_door(const json_t *row, const json_t *other);
bool coverage_covers(const json_t *fence, const json_t *row);
bool coverage_takes(const json_t *row, const json_t *fence); // the row's door is among those that take it

// Callers free. "p.sem (shared), tests ops; ended by a_kill from a_remove; S1".
char *coverage_fence(const json_t *fence);
// "F:1 reads registers through 'base' that 'foo_remove' unmaps: no fence is held", NULL where nothing is to be said.
char *coverage_reason(const struct coverage_table *table, const json_t *row);

#endif
