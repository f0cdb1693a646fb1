// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Results as SARIF 2.1.0, for code scanning: one log with one run.

#ifndef STRONGFENCE_SARIF_H
#define STRONGFENCE_SARIF_H

#include <jansson.h>
#include <stdio.h>

#include "analyse.h"
#include "notices.h"

// What code scanning takes at most (docs.github.com, "SARIF results exceed limits"). It refuses a log with more.
enum {
	SARIF_RESULTS = 25000,
	SARIF_LOCATIONS = 1000, // of one result
	SARIF_STEPS = 10000,    // the same of its thread flows
};

// The log. The same results give the same log: it holds no time. Beyond the limits the most severe stay, and *left
// counts the rest. Caller decrefs.
json_t *sarif_log(const struct analysis *analysis, struct left_out *left);

// Writes the log as one line, and says on stderr what was left out.
void sarif_write(FILE *to, const struct analysis *analysis);

#endif
