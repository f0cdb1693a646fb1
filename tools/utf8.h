// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Text that need not be UTF-8: names of files, what a compiler prints, sources.

#ifndef STRONGFENCE_UTF8_H
#define STRONGFENCE_UTF8_H

#include <stddef.h>

// The bytes of the character that begins here; 0 where none does.
size_t utf8_step(const char *at, size_t left);

// The characters in these bytes. A byte that is not UTF-8 counts as one.
size_t utf8_count(const char *text, size_t bytes);

// The text with \xNN for each byte that is not UTF-8. Caller frees.
char *utf8_text(const char *text);

#endif
