// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The matrix: a row for each variant of the reference and for each mutant, with what the checker said
// and what the kernel of each tier said.

#ifndef REFERENCE_MATRIX_H
#define REFERENCE_MATRIX_H

#include "boot.h"
#include "sources.h"

enum agreement {
	STATIC_NOT_ASKED,
	STATIC_OK,       // the mutant's rule in one of its functions and nothing else; silence on the reference
	STATIC_NO_RULE,  // checker/rules.def has no such rule yet
	STATIC_MISSED,
	STATIC_OTHER,    // something else was reported
	STATIC_BROKEN,   // it could not be analysed
};

// What the boots of a row in one tier have shown.
struct cell {
	size_t runs;   // 0: not run
	size_t good;   // how many were as they must be
	bool demanded; // a miss is a failure
	struct strings seen; // the distinct verdicts in short, the most frequent first
	size_t *times;       // how often each
	struct strings logs; // of the boots that were not as they must be, "FILE:LINE: title"
	double seconds;
};

// A variant of a reference row.
enum variant { VARIANT_PLAIN, VARIANT_WIDENED, VARIANT_LEAKS, VARIANTS };

struct row {
	char *name; // "reference rwsem", the mutant's name
	const struct source *source;
	enum variant variant;
	enum agreement agreement;
	struct strings others; // findings that were not asked for: "RacyAliveCheck fenced_read"
	struct cell cells[TIERS];
};

struct matrix {
	struct row *at;
	size_t count;
	bool trouble; // some of the work could not be done
};

// The rows whose name matches one of the globs, all of them without one.
struct matrix matrix_make(const struct sources *sources, const struct strings *only);
void matrix_free(struct matrix *matrix);

// Whether the row has a static verdict: the variants of a reference are one source.
bool row_has_static(const struct row *row);

// Boots every row in the machine's tier: the references with that many cycles, the mutants `runs` times.
// `built` are the rows' sources as modules for this machine.
void matrix_boot(struct matrix *matrix, const struct machine *machine, const struct sources *built,
		 unsigned long cycles, size_t runs, long jobs);

#endif
