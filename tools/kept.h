// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compile commands as the state folder keeps them. Tens of thousands of commands differ in a few words: an entry has the
// numbers of its words in a list that all of them share, which is read ten times as fast.

#ifndef STRONGFENCE_KEPT_H
#define STRONGFENCE_KEPT_H

#include "compile.h"

// Entries as compile_to_json makes them, or packed with the words `old` (NULL: none is), packed with the words that are
// added to the empty array `words`.
json_t *kept_pack(const json_t *entries, const json_t *old, json_t *words);

// Reads an entry of either kind. False with *why (a literal) when it is not one.
bool kept_read(const json_t *entry, const json_t *words, struct compile *one, const char **why);

#endif
