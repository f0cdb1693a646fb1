// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The subcommands.

#ifndef STRONGFENCE_COMMAND_H
#define STRONGFENCE_COMMAND_H

// argv[0] is the subcommand's name. Each returns what the process exits with.
int command_check(int argc, char **argv);
int command_scan(int argc, char **argv);
int command_prepare(int argc, char **argv);
int command_fences(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_cocci(int argc, char **argv);
int command_hook(int argc, char **argv);
int command_mail(int argc, char **argv);
int command_diff(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_scan_build(int argc, char **argv);
int command_kbuild(int argc, char **argv);
int command_scan_build_clang(int argc, char **argv); // internal: see analyzer.c
int command_cocci_unit(int argc, char **argv); // internal: see semantic.c

// The lines of help that are the same for several.
#define HELP_ANALYSIS                                                                              \
	"  --rules A,B            only these rules\n"                                               \
	"  --alpha                all rules, those that are not precise enough yet too\n"           \
	"  --min-severity LEVEL   info, low (default), medium or high\n"                            \
	"  -o FILE                write there instead of standard output\n"                         \
	"  -j N                   units at a time\n"                                                \
	"  --launcher CMD         put CMD in front of each unit's command (srun -n1)\n"             \
	"  --kernel-model FILE    more kernel knowledge, may be repeated\n"                         \
	"  --budget NODES, --timeout SECONDS   how much work a unit may be\n"                       \
	"  --state DIR            folder that keeps what is known between runs\n"                   \
	"  --llvm 19|22           which unit program\n"                                             \
	"  -v                     name each budget stop\n"

#define HELP_FORMATS "  --format FORMAT        text, json, sarif (code scanning) or html (a page to look at)\n"

#define HELP_ENGINE                                                                                \
	"  --engine clang|cocci|both   the checkers (default), semantic patches with spatch, or both\n"

#define HELP_BASELINE                                                                              \
	"  --baseline FILE        report only what FILE, of --format json, does not have\n"

#define HELP_SINCE                                                                                 \
	"  --since REV            only what changed since that commit, and what depends on it\n"

#define HELP_ALL "  --all                  analyse also the units whose text names nothing that a finding needs\n"

#define HELP_EXIT                                                                                  \
	"Exit status: 0 nothing found, 1 findings, 2 some of the work could not be done.\n"

#endif
