// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The bed of the end-to-end tests: a fresh folder a test, the command run in it, what it
// printed and how it ended.

#ifndef STRONGFENCE_BED_H
#define STRONGFENCE_BED_H

#include "test.h"

struct run {
	int status; // exit status, 128 + N for signal N
	char *out;
	char *err;
};

// Makes a new folder and enters it; leaves and removes it. For cmocka's setup and teardown.
int bed_setup(void **state);
int bed_teardown(void **state);

// Runs the command with these arguments, up to NULL. The first form releases what the last run printed.
const struct run *run(const char *first, ...);

// Starts it and returns its process id; finish waits for it.
int start(const char *first, ...);
const struct run *finish(int pid);

void put(const char *path, const char *text); // makes directories on the way
char *get(const char *path);                  // NULL when there is none
size_t lines_in(const char *path);
void use_fake_unit(void); // puts STRONGFENCE_UNIT and FAKE_RUNS into the environment
void use_real_unit(void);
bool have_real_unit(void);

// A small tree that looks like a kernel to the command: its Makefile knows O=, the configuration targets,
// modules_prepare, and what to print for drivers/a/ and drivers/b/ under make -n.
void make_kernel(const char *path);

// Every error is one line "strongfence: ..." and exit 2, and nobody may read it as clean.
#define assert_refused(expected)                                                                   \
	do {                                                                                       \
		assert_int_equal(last_run()->status, 2);                                           \
		assert_said(expected);                                                             \
		assert_null(strstr(last_run()->err, "0 findings"));                                \
		assert_lines_are_ours(last_run()->err);                                            \
	} while (0)

#define assert_said(expected)                                                                      \
	do {                                                                                       \
		if (!strstr(last_run()->err, expected))                                            \
			print_error("stderr was: %s\n", last_run()->err);                          \
		assert_non_null(strstr(last_run()->err, expected));                                \
	} while (0)

const struct run *last_run(void);
void assert_lines_are_ours(const char *text);

#endif
