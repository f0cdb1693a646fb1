// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes the page of results that a test made up: page-of RESULTS.json ROOT >PAGE.html. RESULTS has the members of struct
// results that are arrays, and "failed", [{"file", "fault"}]. ROOT is where the sources are.

#include <stdio.h>

#include "complain.h"
#include "html.h"

static void take(const json_t *all, const char *key, json_t **to)
{
	json_t *given = json_object_get(all, key);

	if (given) {
		json_decref(*to);
		*to = json_incref(given);
	}
}

static void add_failed(struct analysis *analysis, const json_t *failed)
{
	const json_t *each;
	size_t i;

	analysis->units.at = allocate((json_array_size(failed) + 1) * sizeof(*analysis->units.at));
	json_array_foreach(failed, i, each)
		analysis->units.at[analysis->units.count++] = (struct unit){
			.name = copy(json_string_value(json_object_get(each, "file"))),
			.fault = copy(json_string_value(json_object_get(each, "fault"))),
		};
	analysis->results.failed = analysis->units.count;
}

int main(int argc, char **argv)
{
	struct analysis analysis = {.complete = true, .engines = ENGINE_CLANG, .problems = json_array()};
	json_error_t error;
	json_t *all;

	if (argc != 3)
		fatal("usage: page-of RESULTS.json ROOT");
	all = json_load_file(argv[1], 0, &error);
	if (!all)
		fatal("%s:%d: %s", argv[1], error.line, error.text);
	results_start(&analysis.results);
	take(all, "findings", &analysis.results.findings);
	take(all, "known", &analysis.results.known);
	take(all, "gone", &analysis.results.gone);
	take(all, "suppressed", &analysis.results.suppressed);
	take(all, "fences", &analysis.results.fences);
	take(all, "coverage", &analysis.results.coverage);
	take(all, "stops", &analysis.results.stops);
	take(all, "gaps", &analysis.results.gaps);
	take(all, "unread", &analysis.results.unread);
	analysis.results.baselined = json_array_size(analysis.results.known) || json_array_size(analysis.results.gone);
	analysis.results.analysed = (size_t)json_integer_value(json_object_get(all, "analysed"));
	add_failed(&analysis, json_object_get(all, "failed"));
	analysis.units.root = copy(argv[2]);
	html_write(stdout, &analysis);
	analysis_free(&analysis);
	json_decref(all);
	return 0;
}
