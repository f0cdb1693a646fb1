// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Comments of a C source that say that a finding is none: "strongfence: ok RULE[, RULE...] - reason".

#ifndef STRONGFENCE_SUPPRESSIONS_H
#define STRONGFENCE_SUPPRESSIONS_H

#include <stdbool.h>
#include <stddef.h>

// One rule of a comment; of a comment without effect one that has a fault.
struct suppression {
	size_t line;   // of the words "strongfence:", from 1
	size_t covers; // the line it is about; 0: no code follows
	const char *rule; // as rules.def has it
	char *reason;  // one line; bytes of the source, not always UTF-8
	char *fault;   // why it has no effect; then there is neither rule nor reason
	bool used;     // for whoever applies it
};

struct suppressions {
	struct suppression *at;
	size_t count, room;
};

// Adds those of a source, in their order. A comment covers the line whose code it stands behind, or else the next line
// that has code. Takes any bytes and linear time; what is no comment says nothing.
void suppressions_parse(const char *text, size_t length, struct suppressions *list);

void suppressions_free(struct suppressions *list);

// Whether the text says anything: it has a letter or a digit.
bool reason_given(const char *text);

#endif
