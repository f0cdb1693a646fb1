// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strongfence fences: what was inferred, and which doors it guards.

#include <stdio.h>

#include "analyse.h"
#include "command.h"
#include "matrix.h"
#include "output.h"
#include "slots.h"

static const char help[] =
	"usage: strongfence fences [PATH...] --kernel-src DIR --kernel-build DIR\n"
	"       strongfence fences [PATH...] -p compile_commands.json\n"
	"       strongfence fences FILE... [-- COMPILER-FLAGS]\n"
	"\n"
	"Prints the inferred fences of each ops table, and a matrix: which of them cover each\n"
	"door and each command of an ioctl, and what is not covered. Then the callbacks that a\n"
	"core calls under a fence of its own.\n"
	"\n" HELP_ALL "  --format text|json     json is one object a line\n" HELP_ANALYSIS "\n"
	"Exit status: 0, or 2 when some of the work could not be done.\n";

int command_fences(int argc, char **argv)
{
	struct options options = options_read(argc, argv,
					      TAKES_KERNEL | TAKES_DATABASE | TAKES_ANALYSIS |
						      TAKES_OUTPUT | TAKES_SEVERITY | TAKES_LLVM |
						      TAKES_FLAGS | TAKES_ALL);
	struct analysis analysis;
	struct output output;
	enum verdict verdict;

	if (options.help) {
		fputs(help, stdout);
		return VERDICT_CLEAN;
	}
	if (options.format != FORMAT_TEXT && options.format != FORMAT_JSON)
		fatal("fences: --format is text or json here; check and scan have the others");
	analysis = analyse(&options, options.paths.count > 0, true);
	results_hide(&analysis.results, options.min_severity);
	output = output_open(options.output);
	if (options.format == FORMAT_JSON) {
		output_json(output.stream, analysis.results.fences, "fence");
		output_json(output.stream, analysis.results.doors, "door");
		output_json(output.stream, analysis.results.coverage, "coverage");
		output_json(output.stream, analysis.results.slots, "slot");
	} else {
		matrix_text(output.stream, analysis.results.fences, analysis.results.coverage);
		slots_text(output.stream, analysis.results.slots,
			   json_array_size(analysis.results.fences) || json_array_size(analysis.results.coverage));
	}
	output_close(&output);
	analysis_report_trouble(&analysis, options.verbose);
	analysis_summary(&analysis);
	verdict = analysis_verdict(analysis.results.failed, analysis.complete, 0);
	analysis_free(&analysis);
	return verdict;
}
