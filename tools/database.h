// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// compile_commands.json.

#ifndef STRONGFENCE_DATABASE_H
#define STRONGFENCE_DATABASE_H

#include "compile.h"

// The file itself for a file, DIR/compile_commands.json for a directory.
char *database_path(const char *given);

// Adds the C sources that the text of a database names; relative directories start at `base`. NULL, or what is wrong
// with it: "LINE: why" or " entry N why", to stand behind "FILE:" (caller frees).
char *database_parse(const char *text, size_t length, const char *base, struct compiles *list);

// Adds the C sources that the database names. A database that cannot be read,
// or is not one, is fatal. Relative directories start at the database's own.
void database_load(const char *path, struct compiles *list);

#endif
