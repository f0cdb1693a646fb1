// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The driver and its mutants as ordinary external modules: compilers, sparse and checkpatch have nothing to
// say about them.

#ifndef REFERENCE_BUILDS_H
#define REFERENCE_BUILDS_H

#include "sources.h"

struct builds {
	const char *reference, *work;
	const struct mutants *mutants;
	long jobs;
	size_t passed, failed;
	bool trouble;
};

// Compiles them with W=1 against a prepared build directory, "NAME=SRC:BUILD", with the compiler it was
// prepared with; sparse looks at them too where that is gcc. Each file counts as one test.
void builds_tree(struct builds *builds, const char *tree);

// checkpatch --strict of the kernel source `src` on the driver and on each mutated file.
void builds_style(struct builds *builds, const char *src);

#endif
