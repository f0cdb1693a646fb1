// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strongfence check and strongfence scan: they differ in what may be named.

#include <stdio.h>

#include "analyse.h"
#include "baseline.h"
#include "command.h"
#include "last.h"
#include "findings.h"
#include "output.h"
#include "report.h"
#include "suppress.h"

static const char check_help[] =
	"usage: strongfence check FILE... --kernel-src DIR --kernel-build DIR\n"
	"       strongfence check FILE... -p compile_commands.json\n"
	"       strongfence check FILE... [-- COMPILER-FLAGS]\n"
	"\n"
	"Analyses C sources and prints what was found. Sources of a tree that was scanned are\n"
	"checked with what that scan knows of the files they call.\n"
	"\n" HELP_BASELINE HELP_ENGINE HELP_FORMATS HELP_ANALYSIS "\n" HELP_EXIT;

static const char scan_help[] =
	"usage: strongfence scan [PATH...] --kernel-src DIR --kernel-build DIR\n"
	"       strongfence scan [PATH...] -p compile_commands.json\n"
	"\n"
	"Analyses directories and files of a kernel tree (drivers and sound when none is named), or all of a\n"
	"compile_commands.json, each with what it takes from the others. A second scan redoes what changed.\n"
	"\n" HELP_ALL HELP_SINCE HELP_BASELINE HELP_ENGINE HELP_FORMATS HELP_ANALYSIS "\n" HELP_EXIT;

static int report(const struct options *options, bool files_alone)
{
	json_t *baseline = options->baseline ? findings_read(options->baseline) : NULL;
	struct analysis analysis = analyse(options, files_alone, report_needs_map(options->format));
	struct scope scope = scope_of(&analysis, options, files_alone);
	struct output output;
	enum verdict verdict;

	// What is below the severity may be what a suppression is for, or what the baseline has.
	suppress(&analysis.results, &scope);
	if (baseline)
		baseline_apply(&analysis.results, baseline, &scope);
	results_hide(&analysis.results, options->min_severity);
	scope_free(&scope);
	json_decref(baseline);
	output = output_open(options->output);
	report_write(output.stream, &analysis, options->format);
	output_close(&output);
	analysis.complete &= last_write(&analysis);
	analysis_report_trouble(&analysis, options->verbose);
	analysis_summary(&analysis);
	verdict = analysis_verdict(analysis.results.failed, analysis.complete,
				   json_array_size(analysis.results.findings));
	analysis_free(&analysis);
	return verdict;
}

enum {
	TAKES = TAKES_KERNEL | TAKES_DATABASE | TAKES_ANALYSIS | TAKES_OUTPUT | TAKES_SEVERITY | TAKES_LLVM |
		TAKES_ENGINE | TAKES_BASELINE,
};

int command_check(int argc, char **argv)
{
	struct options options = options_read(argc, argv, TAKES | TAKES_FLAGS);

	if (options.help) {
		fputs(check_help, stdout);
		return VERDICT_CLEAN;
	}
	if (!options.paths.count)
		fatal("check: no file named; see 'strongfence check --help'");
	return report(&options, true);
}

int command_scan(int argc, char **argv)
{
	struct options options = options_read(argc, argv, TAKES | TAKES_ALL | TAKES_SINCE);

	if (options.help) {
		fputs(scan_help, stdout);
		return VERDICT_CLEAN;
	}
	return report(&options, false);
}
