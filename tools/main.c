// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strongfence: finds teardown bugs in Linux kernel drivers.

#include <stdio.h>
#include <string.h>

#include "command.h"
#include "complain.h"

static const char help[] =
	"usage: strongfence COMMAND [OPTION...]\n"
	"\n"
	"  check FILE...     analyse a few files\n"
	"  scan [PATH...]    analyse a kernel tree, or a part of it\n"
	"  prepare           make a kernel build directory ready for a scan\n"
	"  fences [PATH...]  show the fences that were inferred and the doors they guard\n"
	"  diff OLD NEW      compare two results\n"
	"  cocci             write the semantic patches, for make coccicheck\n"
	"  hook [FILE...]    check what is staged for a commit; git runs it\n"
	"  scan-build        a build under clang's scan-build, with the plugin that fits\n"
	"  kbuild            make C=1 CHECK=\"strongfence kbuild\" in a kernel tree\n"
	"  mail FINDING      write a finding as a mail to a kernel list\n"
	"  explain RULE      what a rule means and how to repair what it finds\n"
	"  doctor            what is missing for all this to work\n"
	"\n"
	"strongfence COMMAND --help shows the options of one. --version, --help.\n" HELP_EXIT;

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{"check", command_check},
	{"scan", command_scan},
	{"prepare", command_prepare},
	{"fences", command_fences},
	{"explain", command_explain},
	{"doctor", command_doctor},
	{"cocci", command_cocci},
	{"hook", command_hook},
	{"scan-build", command_scan_build},
	{"kbuild", command_kbuild},
	{"mail", command_mail},
	{"diff", command_diff},
	{"scan-build-clang", command_scan_build_clang},
	{"cocci-unit", command_cocci_unit},
};

int main(int argc, char **argv)
{
	if (argc < 2) {
		fputs(help, stderr);
		return VERDICT_TROUBLE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		fputs(help, stdout);
		return VERDICT_CLEAN;
	}
	if (!strcmp(argv[1], "--version")) {
		puts("strongfence " STRONGFENCE_VERSION);
		return VERDICT_CLEAN;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	fatal("unknown command '%s'; see 'strongfence --help'", argv[1]);
}
