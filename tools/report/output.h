// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where results go: standard output or -o FILE.

#ifndef STRONGFENCE_OUTPUT_H
#define STRONGFENCE_OUTPUT_H

#include <jansson.h>
#include <stdio.h>

// Fatal when FILE could not be written later; NULL is standard output.
void output_check(const char *path);

struct output {
	FILE *stream;
	char *path;  // NULL: standard output
	char *fresh; // written here first, renamed to path at the end; NULL: in place
};

struct output output_open(const char *path);

// Fatal when anything was not written.
void output_close(struct output *output);

// One object a line. `type`, when given, is added as the first member.
void output_json(FILE *to, const json_t *objects, const char *type);

#endif
