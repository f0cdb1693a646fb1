// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Words of a command line as a POSIX shell splits them: blanks, backslash,
// single and double quotes. No expansion of any kind takes place: '$' is an
// ordinary character, as Kbuild's printed commands need it.

#ifndef STRONGFENCE_WORDS_H
#define STRONGFENCE_WORDS_H

#include <stdbool.h>

#include "memory.h"

// Splits one command. False when a quote is not closed.
bool words_split(const char *text, struct strings *words);

// Splits a list of commands at unquoted ';', '|', '&', '(' , ')' and newlines,
// and calls `each` with the words of one after the other. False when a quote is
// not closed; what stood before it has been seen by then.
typedef void command_seen(void *context, const struct strings *words);
bool words_each_command(const char *text, command_seen *each, void *context);

#endif
