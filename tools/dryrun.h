// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads what `make -n V=1` prints in a kernel tree and picks the commands that
// compile C sources of the kernel.

#ifndef STRONGFENCE_DRYRUN_H
#define STRONGFENCE_DRYRUN_H

#include "compile.h"

// Whoever asks may give this in KCFLAGS, so that make takes no object for up to date: it is not part of a command.
#define DRYRUN_FLAG "-DSTRONGFENCE_DRY_RUN"

struct dryrun {
	const char *directory; // where make ran: relative names start there
	struct compiles found;
	size_t unreadable; // commands that could not be split into words
	char *pending;     // a line that is continued by the next
};

// One line of make's output, with or without its newline.
void dryrun_line(struct dryrun *run, const char *line);
void dryrun_end(struct dryrun *run);

#endif
