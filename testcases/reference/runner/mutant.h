// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A mutant: a patch that breaks one obligation of the reference driver. The text before its first
// "--- a/fenced.c" says in prose what it breaks, and in fields what must come of it:
//
//     Rule: TeardownHang             the rule, which the file's name begins with
//     Fence: rwsem                   the flavour it is a mutant of
//     Function: fenced_ioctl         who a finding may name: words
//     Kernel: INFO: task .* blocked  ERE: a line of the head of the first report
//     Names: fenced_(ioctl|remove)   ERE: a line of that report, its call traces included
//     Parameters: slow_us=500        of the module: words, may be none
//     Storm: --cycles 300            more words for the storm; may be left out
//     Caught: uml qemu               where every run must be caught; in the other it may be

#ifndef REFERENCE_MUTANT_H
#define REFERENCE_MUTANT_H

#include <regex.h>
#include <stdbool.h>

#include "memory.h"

enum tier { TIER_UML, TIER_QEMU, TIERS };
enum flavour { FLAVOUR_RWSEM, FLAVOUR_SRCU, FLAVOUR_CLOSE, FLAVOURS };

extern const char *const tier_names[TIERS];
extern const char *const flavour_names[FLAVOURS];

struct mutant {
	char *name; // the file's, without ".patch"
	char *path;
	char *rule;
	enum flavour fence;
	struct strings functions;
	char *kernel_text, *names_text;
	regex_t kernel, names;
	struct strings parameters;
	struct strings storm;
	bool caught[TIERS];
};

struct mutants {
	struct mutant *at;
	size_t count;
};

// The design's rules, with a checker or not yet; NULL behind the last.
const char *mutant_rule(size_t index);
bool mutant_rule_known(const char *rule);

// Reads `text` as the patch `path`. False after complaining, with file and line, about everything
// that is wrong with it; *mutant is to be freed in both cases.
bool mutant_parse(const char *path, const char *text, struct mutant *mutant);
void mutant_free(struct mutant *mutant);

// All DIRECTORY/*.patch, by name. Returns how many could not be taken; each was complained about.
size_t mutants_read(const char *directory, struct mutants *mutants);

#endif
