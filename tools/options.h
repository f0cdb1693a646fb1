// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The options of the subcommands.

#ifndef STRONGFENCE_OPTIONS_H
#define STRONGFENCE_OPTIONS_H

#include <stdbool.h>

#include "memory.h"

enum output_format { FORMAT_TEXT, FORMAT_JSON, FORMAT_SARIF, FORMAT_HTML };

enum severity { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_UNKNOWN };

// Which options a subcommand takes.
enum option_set {
	TAKES_KERNEL = 1,    // --kernel-src, --kernel-build
	TAKES_DATABASE = 2,  // -p
	TAKES_CONFIG = 4,    // --config, --arch
	TAKES_ANALYSIS = 8,  // --rules, --alpha, --kernel-model, --budget, --timeout, -j, --launcher, --state
	TAKES_OUTPUT = 16,   // --format, -o
	TAKES_SEVERITY = 32, // --min-severity
	TAKES_LLVM = 64,     // --llvm
	TAKES_FLAGS = 128,   // -- FLAGS
	TAKES_SAMPLE = 256,  // --sample
	TAKES_ALL = 512,     // --all
	TAKES_SCRIPTS = 1024, // --install, --templates, --rules, --kernel-model, -o
	TAKES_ENGINE = 2048, // --engine
	TAKES_HOOK = 4096,   // --install, --uninstall, --strict
	TAKES_BASELINE = 1 << 13, // --baseline
	TAKES_SINCE = 1 << 14, // --since
	TAKES_MAIL = 1 << 15, // --findings, --state, -o
	TAKES_MODEL = 1 << 16, // --kernel-model
};

// Who looks for what the rules say: the checkers in clang, or semantic patches. A set.
enum { ENGINE_CLANG = 1, ENGINE_COCCI = 2 };

struct options {
	struct strings paths; // the operands
	struct strings flags; // what followed "--"
	bool have_flags;
	char *kernel_src;
	char *kernel_build;
	char *database;
	char *config;
	char *arch;
	char *output;
	char *launcher;
	char *since;    // a commit; NULL: everything is checked
	char *baseline; // a file of findings that are known
	char *state;
	char *findings;  // a file of them
	char *install;   // a kernel tree that semantic patches go into
	char *templates; // what they are made of
	struct strings rules; // none: all but those of level alpha
	struct strings models;
	enum output_format format;
	enum severity min_severity;
	long jobs;
	long budget;  // 0: the unit program's own
	long timeout; // likewise
	long sample;
	int llvm;
	int engines;
	bool install_hook, uninstall_hook;
	bool strict; // what could not be checked is an error
	bool alpha;  // rules of level alpha too: then `rules` has all of them
	bool select; // set units without anything to look for aside
	bool verbose;
	bool help;
};

// Reads argv[1..]; argv[0] is the subcommand's name, for messages. A wrong option or
// value is fatal.
struct options options_read(int argc, char **argv, int takes);

enum severity severity_of(const char *name);
const char *severity_name(enum severity severity);

#endif
