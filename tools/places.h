// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where things are, as text. Callers free.

#ifndef STRONGFENCE_PLACES_H
#define STRONGFENCE_PLACES_H

#include <jansson.h>

// "FILE:LINE" of an object with these members.
char *place_of(const json_t *object);

// "taken at F:1, tested at F:2, ended at F:3, barrier at F:4" of a fence, without what is not known.
char *places_of(const json_t *fence);

#endif
