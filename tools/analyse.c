// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "analyse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "files.h"
#include "ninja.h"
#include "output.h"
#include "process.h"
#include "program.h"
#include "rules.h"
#include "selection.h"

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// Who names a source wants it analysed, whatever its text says.
static bool names_sources_alone(const struct strings *paths)
{
	for (size_t i = 0; i < paths->count; i++) {
		const char *end = strrchr(paths->at[i], '.');

		if (!end || strcmp(end, ".c"))
			return false;
	}
	return paths->count > 0;
}

struct analysis analyse(const struct options *options, bool files_alone)
{
	struct analysis analysis = {.complete = true};
	struct compiles list = {0};
	double started = now();
	struct state state;
	char *program;

	// Everything that can be wrong with the request is found before any work.
	output_check(options->output);
	program = program_require(options->llvm);
	program_check_models(program, &options->models);
	if (!(program_path("ninja")))
		fatal("ninja: not found; install ninja-build");
	analysis.inputs = inputs_open(options, files_alone);
	state = state_open(analysis.inputs.state);
	analysis.complete = inputs_collect(&analysis.inputs, options, state.path, &list);
	if (!list.count)
		fatal("no source to analyse");
	analysis.units = units_name(&list, analysis.inputs.root, options->llvm);
	if (options->select && !names_sources_alone(&options->paths)) {
		struct selection *selection = selection_open(program, &options->models);

		analysis.aside = selection_apply(selection, &analysis.units);
		selection_free(selection);
	}
	units_write(&analysis.units, &state, program, options);
	ninja_run(&analysis.units, &state, options);
	results_start(&analysis.results);
	results_read(&analysis.results, &analysis.units, &state);
	results_settle(&analysis.results, options->min_severity);
	analysis.results.seconds = now() - started;
	free(state.path);
	free(program);
	return analysis;
}

void analysis_report_trouble(const struct analysis *analysis, bool verbose)
{
	for (size_t i = 0; i < analysis->units.count; i++)
		if (analysis->units.at[i].fault)
			complain("%s: %s", analysis->units.at[i].name, analysis->units.at[i].fault);
	if (!verbose)
		return;

	json_t *stop;
	size_t i;

	json_array_foreach(analysis->results.stops, i, stop) {
		const char *file = json_string_value(json_object_get(stop, "file"));
		const char *function = json_string_value(json_object_get(stop, "function"));

		say("%s: the budget ended the exploration of %s", file ? file : "?",
		    function ? function : "?");
	}
}

static char *per_rule(const json_t *findings)
{
	char *text = copy("");

	for (size_t r = 0; r < rule_count; r++) {
		size_t count = 0, i;
		json_t *finding;

		json_array_foreach(findings, i, finding) {
			const char *rule = json_string_value(json_object_get(finding, "rule"));

			count += rule && !strcmp(rule, rules[r].key);
		}
		if (!count)
			continue;
		char *longer = format("%s%s%s %zu", text, *text ? ", " : "", rules[r].key, count);

		free(text);
		text = longer;
	}
	return text;
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

void analysis_summary(const struct analysis *analysis)
{
	const struct results *results = &analysis->results;
	size_t found = json_array_size(results->findings), stops = json_array_size(results->stops);
	char *rules_text = per_rule(results->findings);
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	if (!to)
		fatal("out of memory");
	fprintf(to, "%zu unit%s analysed", results->analysed, plural(results->analysed));
	if (results->failed)
		fprintf(to, ", %zu FAILED", results->failed);
	if (results->timeouts)
		fprintf(to, " (%zu time-out%s)", results->timeouts, plural(results->timeouts));
	if (!analysis->complete)
		fputs(", some paths NOT ANALYSED", to);
	// After a failure "0 findings" would be read as "clean".
	if (found)
		fprintf(to, ", %zu finding%s (%s)", found, plural(found), rules_text);
	else if (!results->failed && analysis->complete)
		fputs(", 0 findings", to);
	if (results->hidden)
		fprintf(to, ", %zu below --min-severity", results->hidden);
	fprintf(to, ", %zu budget stop%s", stops, plural(stops));
	fprintf(to, ", %.1f s", results->seconds);
	fclose(to);
	if (analysis->aside)
		say("%zu unit%s %s nothing to look for and %s not analysed (--all analyses everything)",
		    analysis->aside, plural(analysis->aside), analysis->aside == 1 ? "has" : "have",
		    analysis->aside == 1 ? "is" : "are");
	say("%zu door%s, %zu teardown root%s", results->door_count, plural(results->door_count),
	    results->teardown_count, plural(results->teardown_count));
	say("%s", text);
	free(text);
	free(rules_text);
}

enum verdict analysis_verdict(size_t failed, bool complete, size_t found)
{
	if (failed || !complete)
		return VERDICT_TROUBLE;
	return found ? VERDICT_FINDINGS : VERDICT_CLEAN;
}

void analysis_free(struct analysis *analysis)
{
	units_free(&analysis->units);
	results_free(&analysis->results);
	free(analysis->inputs.root);
	free(analysis->inputs.state);
	free(analysis->inputs.database);
	free(analysis->inputs.kernel.src);
	free(analysis->inputs.kernel.build);
}
