// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Starting other programs. Arguments are always a list of words, never a line for
// a shell.

#ifndef STRONGFENCE_PROCESS_H
#define STRONGFENCE_PROCESS_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "memory.h"

struct process {
	const struct strings *words; // at[0] is looked up in PATH
	const char *directory;       // to start in, NULL: here
	const struct strings *set;   // NAME=value pairs added to the environment
	const char *output_file;     // stdout and stderr go there, NULL: see below
	bool quiet;                  // stdout and stderr go to /dev/null
	bool join_errors;            // stderr goes where stdout goes
	// Called with each line of stdout, newline removed; NULL: stdout is ours.
	void (*line)(void *context, char *line);
	void *context;
};

// Runs it to the end. Returns the exit status, 128 + N for signal N, 127 with errno when
// it could not be started. While it runs SIGINT, SIGTERM and SIGHUP are passed on to it,
// and process_interrupted tells afterwards.
int process_run(const struct process *process, struct rusage *usage);

// The signal that asked us to stop, 0 when none did.
int process_interrupted(void);

// What it prints on stdout, the last newline removed, or NULL when it did not
// exit with 0. Caller frees.
char *process_output(const struct strings *words);

// The program's path as execvp would find it, NULL when it would not.
char *program_path(const char *name);

#endif
