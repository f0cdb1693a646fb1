// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What two engines say of one defect.

#ifndef STRONGFENCE_ENGINES_H
#define STRONGFENCE_ENGINES_H

#include <jansson.h>
#include <stdbool.h>

// Makes one finding of what the semantic patches say of the same rule, file, door and struct: the first place, the
// others in "also". Then each finding of the checkers that agrees with one takes it in and has both "engines". Sorted
// findings stay sorted.
void engines_merge(json_t *findings);

// Whether the finding is one of the checkers', and of the semantic patches.
bool engine_clang(const json_t *finding);
bool engine_cocci(const json_t *finding);

#endif
