// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SARIF's locations: which file, which characters of it, and what is said of them.

#ifndef STRONGFENCE_LOCATIONS_H
#define STRONGFENCE_LOCATIONS_H

#include <jansson.h>

struct locations;

// File names are relative to the root. The sources are read as they are asked for, for columns alone.
struct locations *locations_open(const char *root);
void locations_free(struct locations *locations);

// {"physicalLocation", "message"} of a {"file", "line", "column"}; without line and column it is the file. The
// columns of a unit are bytes, those of a region here are Unicode code points (run.columnKind); it ends where the word
// does. A column of a line that cannot be read is taken as it is. `message` may be NULL. Caller decrefs.
json_t *location_of(struct locations *locations, const json_t *place, const char *message);

// The same of a file whose name need not be UTF-8.
json_t *location_of_file(const char *file);

// {"text"}, with the braces doubled as the standard has it (3.11.5).
json_t *location_message(const char *text);

// The path as a URI's path: what a URI cannot have is %XX. An absolute one becomes file://. Caller frees.
char *location_uri(const char *path);

#endif
