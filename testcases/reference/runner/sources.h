// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reference driver's flavours and its mutants as one external module folder, in which one run of
// Kbuild makes them all: fenced-rwsem.c, fenced-TeardownHang-unwoken.c, ...

#ifndef REFERENCE_SOURCES_H
#define REFERENCE_SOURCES_H

#include "mutant.h"

struct source {
	char *stem;                  // fenced-srcu, fenced-TeardownHang-unwoken
	enum flavour flavour;
	const struct mutant *mutant; // NULL: the reference itself
	char *fault;                 // why there is no such file; NULL when there is
};

struct sources {
	char *directory; // absolute
	struct source *at;
	size_t count;
};

// Writes them, board.c and a Kbuild file. What did not change keeps its time stamp, so that a second
// build has nothing to do. Fatal when the folder cannot be written.
struct sources sources_write(const char *reference, const struct mutants *mutants,
			     const char *directory);
void sources_free(struct sources *sources);

// Has Kbuild make them with `make`'s words (at[0..], without target), `jobs` at once; its output goes to
// `log`. One that does not compile gets a fault and is left out. False, after complaining, when the rest
// could not be made either; modules that are there may be old then.
bool sources_make(struct sources *sources, const struct strings *make, long jobs, const char *log);

// The first line of Kbuild's output that says what is wrong. Caller frees.
char *sources_first_error(const char *log);

#endif
