// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The static half of the matrix: what strongfence says about the reference and about each mutant.

#ifndef REFERENCE_FINDINGS_H
#define REFERENCE_FINDINGS_H

#include "matrix.h"

struct checker {
	const char *strongfence; // the command
	const char *kernel_src, *kernel_build;
	const char *work; // a folder of its own
	int llvm;
	long jobs;
};

// Analyses the sources of all rows with one run and enters the verdicts.
void findings_enter(struct matrix *matrix, const struct sources *sources, const struct checker *checker);

// "ok", "missed", "- (RacyAliveCheck fenced_read and 5 more)". Caller frees.
char *findings_text(const struct row *row);

#endif
