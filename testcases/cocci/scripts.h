// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The semantic patches of this build and how the tests run them.

#ifndef STRONGFENCE_SCRIPTS_H
#define STRONGFENCE_SCRIPTS_H

#include <jansson.h>

#include "memory.h"

// The rules that have a script, in the order of rules.def. Fails the test when there are fewer than seven.
struct strings scripts(void);

char *script_path(const char *rule); // caller frees
char *script_text(const char *rule); // caller frees

// Whether its `virtual` lines declare that mode.
bool script_has_mode(const char *rule, const char *mode);

struct said {
	int status;
	struct strings lines; // of stdout and stderr
};

// spatch with these words, up to NULL, and what it printed.
struct said spatch(const char *first, ...);
void said_free(struct said *said);

// Runs the script on a folder, or a file, with the options of its head and the simulated headers, in this mode.
struct said script_run(const char *rule, const char *mode, const char *path);

// The findings of mode json, an array. Fails the test when anything else was printed: a Python exception, a complaint.
json_t *script_findings(const char *rule, const char *path);

#endif
