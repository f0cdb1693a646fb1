// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Findings as a mail says them: ASCII, and names as kernel developers write them.

#ifndef STRONGFENCE_SPOKEN_H
#define STRONGFENCE_SPOKEN_H

#include <jansson.h>

// One line of ASCII, whatever a name holds: nothing may end a header or need a charset. Caller frees.
char *spoken_line(const char *text);

// The value with each string in it as spoken_line makes it. Caller decrefs.
json_t *spoken_copy(const json_t *value);

// The same of a finding, with foo_read() and struct foo in its messages instead of quotes. Caller decrefs.
json_t *spoken_finding(const json_t *found);

#endif
