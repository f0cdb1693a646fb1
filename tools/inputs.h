// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which sources a command is about, and how each is compiled.

#ifndef STRONGFENCE_INPUTS_H
#define STRONGFENCE_INPUTS_H

#include "compile.h"
#include "kernel.h"
#include "options.h"

enum input_kind {
	INPUT_KERNEL,   // a prepared kernel: Kbuild is asked
	INPUT_DATABASE, // a compile_commands.json
	INPUT_FILES,    // the files named, compiled with the flags after "--"
};

struct inputs {
	enum input_kind kind;
	struct kernel kernel;
	char *database;
	char *root;  // names are shown relative to it
	char *state; // the state folder that goes with them; NULL: a temporary one
};

// Decides from the options; looks at the tree but runs nothing. With `files_alone` operands may be compiled
// by themselves. Fatal when the options name nothing to work on.
struct inputs inputs_open(const struct options *options, bool files_alone);

// Adds the commands of options->paths. False, after saying why, when some path has none.
bool inputs_collect(struct inputs *inputs, const struct options *options, const char *state,
		    struct compiles *list);

#endif
