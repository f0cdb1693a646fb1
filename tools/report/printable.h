// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Text of unknown origin for eyes: nothing in it can move other text, hide, or end a line.

#ifndef STRONGFENCE_PRINTABLE_H
#define STRONGFENCE_PRINTABLE_H

#include <stddef.h>

// UTF-8 of the bytes. What is no UTF-8 is U+FFFD, a control character its picture (U+2400 and on), a character that
// reorders or takes no room its number. Tabs stay. Cut behind `most` bytes of input, between characters, with an ellipsis. Caller frees.
char *printable(const char *bytes, size_t length, size_t most);

#endif
