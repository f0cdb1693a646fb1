// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What analysis costs: the CPU of the unit program against that of clang -fsyntax-only on the same
// commands, unit by unit in turn, so that both see the same machine.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "complain.h"
#include "files.h"
#include "inputs.h"
#include "options.h"
#include "process.h"
#include "program.h"
#include "progress.h"
#include "units.h"

static const char help[] =
	"usage: tools/bench [PATH...] --kernel-src DIR --kernel-build DIR [OPTION...]\n"
	"       tools/bench [PATH...] -p compile_commands.json [OPTION...]\n"
	"\n"
	"Measures user and system time and peak memory of clang -fsyntax-only and of the\n"
	"unit program on the same units in turn. Prints the totals, their ratio and the\n"
	"worst units.\n"
	"\n"
	"  --sample N             every N-th unit\n"
	"  --rules A,B  --kernel-model FILE  --budget NODES  --timeout SECONDS\n"
	"  --state DIR  --llvm 19|22\n"
	"  -v                     one line a unit\n"
	"\n"
	"Exit status: 0 measured, 2 some unit could not be.\n";

struct cost {
	double syntax, analysis;  // seconds of CPU
	long syntax_rss, unit_rss; // KiB
	const char *name;
};

static double cpu(const struct rusage *usage)
{
	return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
	       (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

static int run(const struct strings *words, const char *directory, struct rusage *usage)
{
	struct process process = {.words = words, .directory = directory, .quiet = true};
	int status = process_run(&process, usage);

	if (process_interrupted())
		fatal("interrupted");
	if (status == 127 && errno)
		fatal("%s: %s", words->at[0], strerror(errno));
	return status;
}

static int run_clang(const struct unit *unit, struct rusage *usage)
{
	struct strings words = {0};
	int status;

	strings_add(&words, unit->compile.arguments.at[0]);
	// As the unit program does: what is compared is reading the source, not printing warnings.
	strings_add(&words, "-fsyntax-only");
	strings_add(&words, "-w");
	for (size_t i = 1; i < unit->compile.arguments.count; i++)
		strings_add(&words, unit->compile.arguments.at[i]);
	status = run(&words, unit->compile.directory, usage);
	strings_free(&words);
	return status;
}

static int run_unit(const struct unit *unit, const char *program, const struct state *state,
		    const struct options *options, struct rusage *usage)
{
	struct strings words = {0};
	int status;

	strings_add(&words, program);
	strings_add(&words, "--unit");
	strings_take(&words, format("%s/units/%s.cmd.json", state->path, unit->id));
	strings_add(&words, "--output");
	strings_take(&words, format("%s/bench.jsonl", state->path));
	strings_add(&words, "--depfile");
	strings_take(&words, format("%s/bench.d", state->path));
	for (size_t i = 0; i < options->models.count; i++) {
		strings_add(&words, "--kernel-model");
		strings_take(&words, path_real(NULL, options->models.at[i]));
	}
	for (size_t i = 0; i < options->rules.count; i++) {
		strings_add(&words, "--rules");
		strings_add(&words, options->rules.at[i]);
	}
	if (options->budget) {
		strings_add(&words, "--budget");
		strings_take(&words, format("%ld", options->budget));
	}
	if (options->timeout) {
		strings_add(&words, "--timeout");
		strings_take(&words, format("%ld", options->timeout));
	}
	status = run(&words, NULL, usage);
	strings_free(&words);
	return status;
}

static int by_ratio(const void *left, const void *right)
{
	const struct cost *a = left, *b = right;
	double x = a->analysis - 1.6 * a->syntax, y = b->analysis - 1.6 * b->syntax;

	return (x < y) - (x > y);
}

static void print_cost(const struct cost *cost)
{
	printf("%8.2f %8.2f %6.2f %8.0f %8.0f  %s\n", cost->syntax, cost->analysis,
	       cost->syntax > 0 ? cost->analysis / cost->syntax : 0, (double)cost->syntax_rss / 1024,
	       (double)cost->unit_rss / 1024, cost->name);
}

int main(int argc, char **argv)
{
	struct options options = options_read(argc, argv,
					      TAKES_KERNEL | TAKES_DATABASE | TAKES_ANALYSIS | TAKES_LLVM |
						      TAKES_SAMPLE);
	struct cost *costs, total = {.name = "total"};
	struct compiles list = {0};
	size_t count = 0, failed = 0;
	struct inputs inputs;
	struct units units;
	struct state state;
	char *program;

	if (options.help) {
		fputs(help, stdout);
		return VERDICT_CLEAN;
	}
	program = program_require(options.llvm);
	program_check_models(program, &options.models);
	inputs = inputs_open(&options, false);
	state = state_open(inputs.state);
	if (!inputs_collect(&inputs, &options, state.path, &list) || !list.count)
		fatal("not every path could be measured");
	units = units_name(&list, inputs.root, options.llvm);
	units_write(&units, &state, program, &options);
	costs = allocate((units.count + 1) * sizeof(*costs));
	progress_start("units");
	for (size_t i = 0; i < units.count; i += (size_t)options.sample) {
		const struct unit *unit = &units.at[i];
		struct rusage syntax, analysis;
		struct cost *cost = &costs[count];

		if (unit->skipped || run_clang(unit, &syntax) != 0 ||
		    run_unit(unit, program, &state, &options, &analysis) != 0) {
			complain("%s: not measured: %s", unit->name,
				 unit->fault ? unit->fault : "clang or the unit program failed");
			failed++;
			continue;
		}
		*cost = (struct cost){.name = unit->name,
				      .syntax = cpu(&syntax),
				      .analysis = cpu(&analysis),
				      .syntax_rss = syntax.ru_maxrss,
				      .unit_rss = analysis.ru_maxrss};
		total.syntax += cost->syntax;
		total.analysis += cost->analysis;
		if (cost->syntax_rss > total.syntax_rss)
			total.syntax_rss = cost->syntax_rss;
		if (cost->unit_rss > total.unit_rss)
			total.unit_rss = cost->unit_rss;
		count++;
		progress_show(i + 1, units.count);
		if (options.verbose) {
			progress_clear();
			print_cost(cost);
		}
	}
	progress_clear();
	if (!count)
		fatal("no unit could be measured");
	qsort(costs, count, sizeof(*costs), by_ratio);
	printf("  clang s   unit s  ratio clangMiB  unitMiB\n");
	for (size_t i = 0; i < count && i < 10; i++)
		print_cost(&costs[i]);
	printf("\n%zu units measured, %zu not; the totals, and the peak memory of the largest unit:\n", count,
	       failed);
	print_cost(&total);
	return failed ? VERDICT_TROUBLE : VERDICT_CLEAN;
}
