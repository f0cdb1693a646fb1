// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a core calls the callbacks of its drivers under, as text.

#ifndef STRONGFENCE_SLOTS_H
#define STRONGFENCE_SLOTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

// The "slot" objects of the records, sorted by place. A slot that is called under no fence anywhere is left out; of
// the others each way to call it is a line, with its first place. With `follows` something was printed before it.
void slots_text(FILE *to, const json_t *slots, bool follows);

#endif
