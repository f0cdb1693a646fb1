// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The semantic patches of the second engine, RULE.cocci as `strongfence cocci` wrote them, and spatch, which runs them.

#ifndef STRONGFENCE_SCRIPTS_H
#define STRONGFENCE_SCRIPTS_H

#include "units.h"

struct scripts {
	char *folder;
	char *version;        // of spatch
	struct strings rules; // those that are asked for and have a script
};

// The folder: STRONGFENCE_COCCI when set, else ../cocci or ../share/strongfence/cocci from the executable's. NULL with
// *looked_for when there is none. Caller frees both.
char *scripts_find(char **looked_for);

// The rule's script; NULL when it has none. Caller frees.
char *scripts_path(const char *folder, const char *rule);

// Of the rules `asked` for, none: all but those of level alpha.
struct strings scripts_rules(const char *folder, const struct strings *asked);

// spatch's version; NULL with *fault when it is missing, too old, or cannot run Python. Caller frees both.
char *spatch_version(char **fault);

// Both of it, fatal when anything is missing. Rules that are asked for by name and have no script are said.
struct scripts scripts_require(const struct options *options);

// Writes scripts.json, what a unit's semantic record depends on beside its source, and the links.
void scripts_write(const struct scripts *scripts, const struct state *state, const struct options *options);

void scripts_free(struct scripts *scripts);

#endif
