// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Booting test kernels side by side. Each boot has its console in a file and a time after which it is
// killed.

#ifndef REFERENCE_BOOT_H
#define REFERENCE_BOOT_H

#include <sys/types.h>

#include "verdict.h"

// The kernel of a tier, and what all its boots share.
struct machine {
	enum tier tier;
	char *build;   // where it was built
	char *kernel;  // the image
	char *base;    // the archive that all boots begin with
	char *work;    // a folder for the archives of boots
	char *logs;    // a folder for consoles
	char *scratch; // where UML keeps its memory; NULL for QEMU
};

struct boot {
	const struct machine *machine;
	char *name;    // of the log
	char *module;  // the file
	struct strings parameters;
	struct strings storm;
	bool kmemleak;
	unsigned long cycles; // what the storm was asked for and must have done; 0: any number
	unsigned long limit;  // seconds
	bool one_report;      // ends once it has said what it has to say
	// Afterwards:
	char *log;
	double seconds;
	struct seen seen;
	// While it runs:
	int pid;
	double began;
	bool overtime;
	off_t size;      // of the console
	double grown;    // when it last grew
	double reported; // when there was a report, 0: not yet
	bool whole;      // all of it is there
	size_t slot;
};

// The machine of a kernel that was built in `build`. Fatal when something that a boot needs is missing.
// `jobs` boots shall have room.
struct machine machine_open(enum tier tier, const char *build, const char *work, long jobs);
void machine_free(struct machine *machine);

// Boots them all, `jobs` at a time, in this order, and reads their consoles.
void boots_run(struct boot *boots, size_t count, long jobs);

// Another boot of the same.
struct boot boot_again(const struct boot *boot, char *name);
void boot_free(struct boot *boot);

#endif
