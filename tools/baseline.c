// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "baseline.h"

#include <stdlib.h>
#include <string.h>

#include "engines.h"
#include "pairs.h"

// Whether the run would have found it again. Of a header nobody knows: its units need not have been among the analysed.
// Neither does who was checked without the facts of its module.
static bool looked_at(const json_t *finding, const struct strings *files, const struct scope *scope)
{
	const char *file = json_string_value(json_object_get(finding, "file"));
	bool cocci = engine_cocci(finding), clang = engine_clang(finding) || !cocci;

	return strings_find(files, file) && !strings_have(&scope->failed, file) &&
	       strings_have(&scope->rules, json_string_value(json_object_get(finding, "rule"))) &&
	       ((clang && (scope->engines & ENGINE_CLANG)) || (cocci && (scope->engines & ENGINE_COCCI)));
}

static void forget(struct strings *files, const char *file)
{
	for (size_t i = files->count; file && i-- > 0;)
		if (!strcmp(files->at[i], file)) {
			free(files->at[i]);
			files->at[i] = files->at[--files->count];
		}
}

void baseline_apply(struct results *results, const json_t *baseline, const struct scope *scope)
{
	const size_t found = json_array_size(results->findings);
	json_t *all = json_copy(results->findings), *left = json_array(), *each;
	struct strings files = {0};
	struct pairs pairs;
	size_t i;

	strings_add_all(&files, &scope->analysed);
	strings_add_all(&files, &scope->empty);
	json_array_foreach(results->gaps, i, each)
		if (json_array_size(json_object_get(each, "missing")))
			forget(&files, json_string_value(json_object_get(each, "file")));
	strings_sort(&files);
	json_array_extend(all, results->suppressed);
	pairs = findings_pair(baseline, all);
	for (i = 0; i < found; i++)
		json_array_append(pairs.of_new[i] == NO_PAIR ? left : results->known, json_array_get(all, i));
	json_array_foreach(baseline, i, each) {
		if (pairs.of_old[i] != NO_PAIR)
			continue;
		if (looked_at(each, &files, scope))
			json_array_append(results->gone, each);
		else
			results->unseen++;
	}
	results->baselined = true;
	json_decref(results->findings);
	results->findings = left;
	strings_free(&files);
	pairs_free(&pairs);
	json_decref(all);
}
