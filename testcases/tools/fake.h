// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parts of the stand-in for strongfence-unit: see fake-unit.c.

#ifndef STRONGFENCE_FAKE_H
#define STRONGFENCE_FAKE_H

#include <jansson.h>
#include <stdbool.h>

// What the options named; NULL: not given.
struct asked {
	const char *unit, *output, *depfile, *facts, *import, *alone, *list, *merged;
};

// What a source says of itself.
struct said {
	char *file;       // as the command has it
	char *module;     // "" for none
	json_t *objects;  // findings and the others
	json_t *stops;    // names
	json_t *exports;  // {NAME: VALUE}
	json_t *imports;  // [{"name", "file", "line"}]
	const char *status, *detail;
	bool damage, damage_facts;
};

_Noreturn void fail(const char *what, const char *why);

// Has clang parse the unit, with a depfile for `target`, and reads its comments.
struct said hear(const struct asked *asked, const char *target);

json_t *finding_object(const char *rule, const char *severity, const char *file, int line, const char *function,
		       const char *message);

// The three forms beside the plain one; they return the exit status.
int write_facts(const struct asked *asked);
int link_facts(const struct asked *asked);
int check_with_import(const struct asked *asked);

// The record's text.
char *record_of(const struct said *said, const json_t *extra);
void put_text(const char *path, const char *text);

#endif
