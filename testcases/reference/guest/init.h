/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the two halves of process 1 share: the job, and how to speak. */
#ifndef REFERENCE_INIT_H
#define REFERENCE_INIT_H

#include <stdbool.h>
#include <stddef.h>

#define MODULES 8
#define WORDS 64

struct module {
	char *file;
	char *parameters; /* separated by blanks, may be empty */
	char name[64];    /* as /proc/modules has it */
	bool loaded;
};

struct job {
	struct module modules[MODULES];
	int n_modules;
	char *storm[WORDS + 2]; /* argv */
	bool has_storm;
	bool kmemleak;
	int ending; /* of reboot(2); 0 while the job has none */
	int seconds;
};

extern struct job job;

/* Fills in `job`; false, and said in words, if there is anything in /job that it cannot do. */
bool read_job(void);

/* One line on the console. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What `file` holds, at most `size` - 1 bytes; false if it could not be read. */
bool read_file(const char *file, char *text, size_t size);

#endif
