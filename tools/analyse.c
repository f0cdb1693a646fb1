// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "analyse.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "files.h"
#include "linking.h"
#include "modules.h"
#include "output.h"
#include "process.h"
#include "program.h"
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

// One file, in an editor or before a commit: what the rest of its module says is known if the tree was scanned.
static void use_last_scan(struct units *units, const struct state *state)
{
	struct linked linked;
	char when[32];
	struct tm parts;

	if (!linking_recall(units, state, &linked))
		return;
	if (!linked.when || !localtime_r(&linked.when, &parts) ||
	    !strftime(when, sizeof(when), "%Y-%m-%d %H:%M", &parts)) {
		say("using the facts of an earlier scan");
		return;
	}
	say("using the facts of the scan of %s (%zu unit%s)", when, linked.units, linked.units == 1 ? "" : "s");
}

// Facts that are not there or not good are to be read again by the next scan, and only they.
static void retry_problems(const struct analysis *analysis, const struct state *state)
{
	json_t *problem;
	size_t i;

	json_array_foreach(analysis->problems, i, problem) {
		const char *file = json_string_value(json_object_get(problem, "file"));

		for (size_t j = 0; file && j < analysis->units.count; j++) {
			const struct unit *unit = &analysis->units.at[j];

			if (linking_takes(unit) &&
			    (!strcmp(file, unit->compile.file) || !strcmp(file, unit->name) || strstr(file, unit->id)))
				unit_forget(unit, state);
		}
	}
}

static bool any_to_check(const struct units *units)
{
	for (size_t i = 0; i < units->count; i++)
		if (!units->at[i].skipped && !units->at[i].aside)
			return true;
	return false;
}

static void add_work(struct work *work, struct work more)
{
	work->read += more.read;
	work->checked += more.checked;
	work->matched += more.matched;
}

// Semantic patches need no unit program but for its words.
static char *require_program(const struct options *options)
{
	char *program, *looked_for = NULL;

	if (options->engines & ENGINE_CLANG)
		return program_require(options->llvm);
	program = program_find(options->llvm, &looked_for);
	if (!program)
		say("%s: no such program: no unit is set aside", looked_for);
	free(looked_for);
	return program;
}

struct analysis analyse(const struct options *options, bool files_alone, bool map)
{
	struct analysis analysis = {.complete = true, .engines = options->engines};
	bool clang = options->engines & ENGINE_CLANG, cocci = options->engines & ENGINE_COCCI, tree;
	struct compiles list = {0};
	double started = now();
	struct state state;
	char *program;

	// Everything that can be wrong with the request is found before any work.
	output_check(options->output);
	if (cocci)
		analysis.scripts = scripts_require(options);
	program = require_program(options);
	if (program)
		program_check_models(program, &options->models);
	if (!(program_path("ninja")))
		fatal("ninja: not found; install ninja-build");
	analysis.inputs = inputs_open(options, files_alone);
	analysis.waivers = waivers_read(analysis.inputs.root);
	state = state_open(analysis.inputs.state);
	analysis.complete = inputs_collect(&analysis.inputs, options, state.path, &list);
	if (!list.count)
		fatal("no source to analyse");
	analysis.units = units_name(&list, analysis.inputs.root, options->llvm);
	bool sources = names_sources_alone(&options->paths);

	// A scan of several sources is of these together; one that is checked has the tree's last scan.
	tree = analysis.inputs.kind != INPUT_FILES &&
	       (!sources || (!files_alone && !map && options->paths.count > 1));
	analysis.across = clang && tree;
	if (options->select && program && tree && !sources) {
		char *keep = path_join(state.path, "glances");
		struct selection *selection = selection_open(program, &options->models, keep);

		analysis.aside = selection_apply(selection, &analysis.units);
		selection_free(selection);
		free(keep);
	}
	if (options->since)
		analysis.since = since_narrow(&analysis.units, &state, options->since);
	if (clang && (analysis.aside || options->since))
		analysis.mates = modules_complete(&analysis.units);
	if (!any_to_check(&analysis.units))
		analysis.across = false;
	units_write(&analysis.units, &state, clang ? program : NULL, options);
	if (cocci)
		scripts_write(&analysis.scripts, &state, options);
	if (clang && !analysis.across && any_to_check(&analysis.units))
		use_last_scan(&analysis.units, &state);
	analysis.work = ninja_run(&analysis.units, &state, options, analysis.across);
	if (options->since && analysis.across && since_widen(&analysis.since, &analysis.units, &state))
		add_work(&analysis.work, ninja_run(&analysis.units, &state, options, true));
	analysis.problems = analysis.across ? linking_problems(&state) : json_array();
	results_start(&analysis.results);
	analysis.results.findings_alone = !map;
	results_read(&analysis.results, &analysis.units, &state, options->engines);
	retry_problems(&analysis, &state);
	if (map && analysis.across) {
		json_t *merged = linking_merged(&state);

		results_add_merged(&analysis.results, merged, analysis.units.root);
		json_decref(merged);
	}
	results_settle(&analysis.results, SEVERITY_INFO);
	analysis.results.seconds = now() - started;
	free(state.path);
	free(program);
	return analysis;
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
	json_decref(analysis->problems);
	scripts_free(&analysis->scripts);
	since_free(&analysis->since);
	waivers_free(&analysis->waivers);
	free(analysis->inputs.root);
	free(analysis->inputs.state);
	free(analysis->inputs.database);
	free(analysis->inputs.kernel.src);
	free(analysis->inputs.kernel.build);
}
