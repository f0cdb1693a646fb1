// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Findings in a file: what `--format json` writes, one object a line.

#ifndef STRONGFENCE_FINDINGS_H
#define STRONGFENCE_FINDINGS_H

#include <jansson.h>
#include <stddef.h>

// The findings among the lines; lines of another type ("unread", ...) are left out. NULL with *fault ("line N: why", caller
// frees) when a line is no object, or a finding lacks its rule, file, message or fingerprint or has one of another type.
json_t *findings_parse(const char *text, size_t length, char **fault);

// The same of the lines of that type, and of no other: "suppressed".
json_t *findings_parse_type(const char *text, size_t length, const char *type, char **fault);

// The same of a file; what is wrong is fatal. "-" is standard input. Caller decrefs.
json_t *findings_read(const char *path);

// With what was suppressed.
json_t *findings_read_both(const char *path, json_t **suppressed);

#endif
