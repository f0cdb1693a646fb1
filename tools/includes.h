// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where #include "name" is found: beside the file that has it, or in a folder of the command's -I.

#ifndef STRONGFENCE_INCLUDES_H
#define STRONGFENCE_INCLUDES_H

#include "units.h"

// Remembers what was found: most units of a folder look for the same names in the same folders.
struct includes;

struct includes *includes_new(void);
void includes_free(struct includes *includes);

// The file, as long as `includes` lives; NULL when there is none.
const char *includes_find(struct includes *includes, const struct unit *unit, const char *from, const char *name);

#endif
