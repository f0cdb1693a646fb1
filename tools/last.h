// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the last run found, for those who come back to one of its findings: findings.jsonl in the state folder.
// `--format json` lines, before them one with the type "run", behind them the fences.

#ifndef STRONGFENCE_LAST_H
#define STRONGFENCE_LAST_H

#include "analyse.h"

// Keeps it; nothing where the state folder is a temporary one. What cannot be written is complained about: then false.
bool last_write(const struct analysis *analysis);

struct last {
	json_t *findings;
	json_t *fences; // NULL: nobody looked for them
	char *root;     // what file names are relative to; NULL: not known
};

// Of a file that last_write or `--format json` wrote; "-" is standard input. What is wrong is fatal.
struct last last_read(const char *path);

// Of a state folder. Fatal, too, when no run left anything there.
struct last last_of(const char *state);

#endif
