// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Results as text for people.

#ifndef STRONGFENCE_TEXT_H
#define STRONGFENCE_TEXT_H

#include <stdio.h>

#include "results.h"

// Like a compiler's warnings: the finding, its notes, then the interleaving.
void text_findings(FILE *to, const json_t *findings);

// The first of these alone: a line for the finding, and one for each note that stands elsewhere.
void text_warning(FILE *to, const json_t *finding);

// Its fingerprint as one more note, as the plugin has it.
void text_fingerprint(FILE *to, const json_t *finding);

// The finding's story in two columns, the operation left, unbind right.
void text_interleaving(FILE *to, const json_t *finding);

// The same for a mail, where messages write functions as name(): at most 75 columns, unless a name is longer than one of
// the two.
void text_narrow_interleaving(FILE *to, const json_t *finding);

// The text in lines of at most `room` characters behind `indent` blanks, those after the first by `hang` further in. A word
// that is longer is cut.
void text_wrapped(FILE *to, const char *text, size_t indent, size_t hang, size_t room);

enum { TEXT_LINE = 75 }; // of a mail

// A paragraph of a mail: text_wrapped in lines of TEXT_LINE characters, the indentation among them.
void text_paragraph(FILE *to, size_t indent, size_t hang, const char *pattern, ...) __attribute__((format(printf, 4, 5)));

#endif
