// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The coverage matrix as text: for each ops table the fences of its driver, and what they cover.

#ifndef STRONGFENCE_MATRIX_H
#define STRONGFENCE_MATRIX_H

#include <jansson.h>
#include <stdio.h>

// The records' "fence" and "coverage" objects, files relative to the tree.
void matrix_text(FILE *to, const json_t *fences, const json_t *coverage);

#endif
