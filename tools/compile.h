// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A compile command: how one source file was, or would be, compiled.

#ifndef STRONGFENCE_COMPILE_H
#define STRONGFENCE_COMPILE_H

#include <jansson.h>

#include "memory.h"

struct compile {
	char *directory; // absolute; relative names below start there
	char *file;
	char *output; // the object, NULL when not known
	struct strings arguments;
};

struct compiles {
	struct compile *at;
	size_t count;
	size_t room;
};

// The list owns what `one` holds afterwards.
void compiles_take(struct compiles *list, struct compile one);
void compiles_free(struct compiles *list);
struct compile compile_copy(const struct compile *from);
void compile_free(struct compile *one);

// The entry as compile_commands.json has it; NULL when a name is not UTF-8.
json_t *compile_to_json(const struct compile *one);

// Reads one entry, with `command` or `arguments`. False with *why (a literal)
// when it is not one.
bool compile_from_json(const json_t *entry, struct compile *one, const char **why);

#endif
