// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a scan costs: the CPU of the unit program, which reads each unit for its facts and once more to check it,
// against that of clang -fsyntax-only on the same commands, unit by unit in turn, so that both see the same machine.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "complain.h"
#include "files.h"
#include "inputs.h"
#include "modules.h"
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
	"unit program on the same units in turn: their facts, the link, the check of each.\n"
	"Prints the totals, their ratio and the worst units.\n"
	"\n"
	"  --sample N             every N-th module, with all of its units\n"
	"  --rules A,B  --kernel-model FILE  --budget NODES  --timeout SECONDS\n"
	"  --state DIR  --llvm 19|22\n"
	"  -v                     one line a unit\n"
	"\n"
	"Exit status: 0 measured, 2 some unit could not be.\n";

enum { BAR = 22 }; // tenths: what the whole may cost, in parses

struct cost {
	double syntax, facts, link, check; // seconds of CPU
	long syntax_rss, unit_rss;	   // KiB
	const struct unit *unit;
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

static void add_options(struct strings *words, const struct options *options)
{
	for (size_t i = 0; i < options->models.count; i++) {
		strings_add(words, "--kernel-model");
		strings_take(words, path_real(NULL, options->models.at[i]));
	}
	for (size_t i = 0; i < options->rules.count; i++) {
		strings_add(words, "--rules");
		strings_add(words, options->rules.at[i]);
	}
	if (options->budget) {
		strings_add(words, "--budget");
		strings_take(words, format("%ld", options->budget));
	}
	if (options->timeout) {
		strings_add(words, "--timeout");
		strings_take(words, format("%ld", options->timeout));
	}
}

static void add_file(struct strings *words, const char *option, const struct state *state, const struct unit *unit,
		     const char *end)
{
	strings_add(words, option);
	strings_take(words, format("%s/%s/%s.%s", state->path, strcmp(end, "cmd.json") ? "bench" : "units", unit->id,
				   end));
}

static int run_unit(const struct unit *unit, bool check, const char *program, const struct state *state,
		    const struct options *options, struct rusage *usage)
{
	struct strings words = {0};
	int status;

	strings_add(&words, program);
	add_file(&words, "--unit", state, unit, "cmd.json");
	if (check) {
		add_file(&words, "--import", state, unit, "import.json");
		add_file(&words, "--alone", state, unit, "alone.jsonl");
		add_file(&words, "--output", state, unit, "jsonl");
	} else {
		add_file(&words, "--facts", state, unit, "facts.json");
		add_file(&words, "--output", state, unit, "alone.jsonl");
		add_file(&words, "--depfile", state, unit, "d");
	}
	add_options(&words, options);
	status = run(&words, NULL, usage);
	strings_free(&words);
	return status;
}

static double run_link(const struct cost *costs, size_t count, const char *program, const struct state *state,
		       long *rss)
{
	char *list = format("%s/bench/link.list", state->path), *text = NULL;
	struct strings words = {0};
	struct rusage usage;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	if (!to)
		fatal("out of memory");
	for (size_t i = 0; i < count; i++)
		fprintf(to, "%s/bench/%s.facts.json\t%s/bench/%s.import.json\n", state->path, costs[i].unit->id,
			state->path, costs[i].unit->id);
	fclose(to);
	if (file_write(list, text, length) < 0)
		fatal("%s: %s", list, strerror(errno));
	strings_add(&words, program);
	strings_add(&words, "--link");
	strings_add(&words, list);
	strings_add(&words, "--merged");
	strings_take(&words, format("%s/bench/facts.json", state->path));
	if (run(&words, NULL, &usage) != 0)
		fatal("the unit program could not link the facts");
	*rss = usage.ru_maxrss;
	strings_free(&words);
	free(text);
	free(list);
	return cpu(&usage);
}

// Every N-th module whole, since facts matter inside of one; a unit of no module is one by itself.
static bool *choose(const struct units *units, long every)
{
	bool *chosen = allocate(units->count + 1);
	struct strings modules = {0}, sorted = {0};
	size_t number = 0;

	for (size_t i = 0; i < units->count; i++) {
		char *module = module_of(&units->at[i]);

		strings_take(&modules, module ? module : copy(units->at[i].id));
	}
	strings_add_all(&sorted, &modules);
	strings_sort(&sorted);
	for (size_t i = 0; i < sorted.count; i++) {
		if (i && !strcmp(sorted.at[i], sorted.at[i - 1]))
			continue;
		if (number++ % (size_t)every)
			continue;
		for (size_t j = 0; j < modules.count; j++)
			chosen[j] |= !strcmp(modules.at[j], sorted.at[i]);
	}
	strings_free(&sorted);
	strings_free(&modules);
	return chosen;
}

static double analysis(const struct cost *cost)
{
	return cost->facts + cost->link + cost->check;
}

static int by_ratio(const void *left, const void *right)
{
	const struct cost *a = left, *b = right;
	double x = analysis(a) - BAR * a->syntax / 10, y = analysis(b) - BAR * b->syntax / 10;

	return (x < y) - (x > y);
}

static void print_cost(const struct cost *cost)
{
	printf("%8.2f %8.2f %8.2f %6.2f %8.0f %8.0f  %s\n", cost->syntax, cost->facts, cost->check,
	       cost->syntax > 0 ? analysis(cost) / cost->syntax : 0, (double)cost->syntax_rss / 1024,
	       (double)cost->unit_rss / 1024, cost->name);
}

static long larger(long a, long b)
{
	return a > b ? a : b;
}

static void not_measured(const struct unit *unit)
{
	complain("%s: not measured: %s", unit->name,
		 unit->fault ? unit->fault : "clang or the unit program failed");
}

int main(int argc, char **argv)
{
	struct options options = options_read(argc, argv,
					      TAKES_KERNEL | TAKES_DATABASE | TAKES_ANALYSIS | TAKES_LLVM |
						      TAKES_SAMPLE);
	struct cost *costs, total = {.name = "total"};
	struct compiles list = {0};
	size_t count = 0, measured = 0, failed = 0;
	struct inputs inputs;
	struct units units;
	struct state state;
	char *program, *folder;
	bool *chosen;

	if (options.help) {
		fputs(help, stdout);
		return VERDICT_CLEAN;
	}
	program = program_require(options.llvm);
	program_check_models(program, &options.models);
	inputs = inputs_open(&options, false);
	state = state_open(inputs.state);
	folder = path_join(state.path, "bench");
	if (make_directories(folder) < 0)
		fatal("%s: %s", folder, strerror(errno));
	if (!inputs_collect(&inputs, &options, state.path, &list) || !list.count)
		fatal("not every path could be measured");
	units = units_name(&list, inputs.root, options.llvm);
	units_write(&units, &state, program, &options);
	chosen = choose(&units, options.sample);
	costs = allocate((units.count + 1) * sizeof(*costs));
	progress_start("syntax and facts");
	for (size_t i = 0; i < units.count; i++) {
		const struct unit *unit = &units.at[i];
		struct rusage syntax, facts;

		if (!chosen[i])
			continue;
		if (unit->skipped || run_clang(unit, &syntax) != 0 ||
		    run_unit(unit, false, program, &state, &options, &facts) != 0) {
			not_measured(unit);
			failed++;
			continue;
		}
		costs[count++] = (struct cost){.name = unit->name,
					       .unit = unit,
					       .syntax = cpu(&syntax),
					       .facts = cpu(&facts),
					       .syntax_rss = syntax.ru_maxrss,
					       .unit_rss = facts.ru_maxrss};
		progress_show(i + 1, units.count);
	}
	progress_clear();
	if (!count)
		fatal("no unit could be measured");
	total.link = run_link(costs, count, program, &state, &total.unit_rss);
	progress_start("check");
	for (size_t i = 0; i < count; i++) {
		struct cost *cost = &costs[i];
		struct rusage check;

		if (run_unit(cost->unit, true, program, &state, &options, &check) != 0) {
			not_measured(cost->unit);
			failed++;
			continue;
		}
		cost->check = cpu(&check);
		cost->unit_rss = larger(cost->unit_rss, check.ru_maxrss);
		total.syntax += cost->syntax;
		total.facts += cost->facts;
		total.check += cost->check;
		total.syntax_rss = larger(total.syntax_rss, cost->syntax_rss);
		total.unit_rss = larger(total.unit_rss, cost->unit_rss);
		progress_show(i + 1, count);
		if (options.verbose) {
			progress_clear();
			print_cost(cost);
		}
		costs[measured++] = *cost;
	}
	progress_clear();
	if (!measured)
		fatal("no unit could be measured");
	qsort(costs, measured, sizeof(*costs), by_ratio);
	printf(" clang s  facts s  check s  ratio clangMiB  unitMiB\n");
	for (size_t i = 0; i < measured && i < 10; i++)
		print_cost(&costs[i]);
	printf("\n%zu units measured, %zu not; the totals, with %.2f s of the link in the ratio, and the peak memory of the "
	       "largest process:\n",
	       measured, failed, total.link);
	print_cost(&total);
	return failed ? VERDICT_TROUBLE : VERDICT_CLEAN;
}
