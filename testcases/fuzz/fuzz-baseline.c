// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What was found against what was known: two lists of findings with a line "---" between.

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "baseline.h"
#include "findings.h"
#include "memory.h"
#include "pairs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Each finding is in one pair at most, and both sides say the same.
static void check(const struct pairs *pairs, size_t olds, size_t news)
{
	size_t count = 0;

	for (size_t i = 0; i < olds; i++) {
		if (pairs->of_old[i] == NO_PAIR)
			continue;
		if (pairs->of_old[i] >= news || pairs->of_new[pairs->of_old[i]] != i)
			abort();
		count++;
	}
	for (size_t i = 0; i < news; i++)
		if (pairs->of_new[i] != NO_PAIR && (pairs->of_new[i] >= olds || pairs->of_old[pairs->of_new[i]] != i))
			abort();
	if (count != pairs->both)
		abort();
}

static void apply(const json_t *known, const json_t *found)
{
	struct scope scope = {.root = "/build", .engines = ENGINE_CLANG};
	struct results results;
	const json_t *each;
	size_t i, all;

	results_start(&results);
	json_array_extend(results.findings, (json_t *)(uintptr_t)found);
	strings_add(&scope.rules, "UnfencedFileOp");
	json_array_foreach(known, i, each)
		if (i % 2)
			strings_add(&scope.analysed, json_string_value(json_object_get(each, "file")));
	baseline_apply(&results, known, &scope);
	all = json_array_size(results.findings) + json_array_size(results.known);
	if (all != json_array_size(found) ||
	    json_array_size(results.known) + json_array_size(results.gone) + results.unseen != json_array_size(known))
		abort();
	strings_free(&scope.rules);
	strings_free(&scope.analysed);
	results_free(&results);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char line[] = "---\n";
	const char *text = (const char *)data, *middle = memmem(data, size, line, strlen(line));
	size_t first = middle ? (size_t)(middle - text) : size / 2;
	size_t second = middle ? first + strlen(line) : first;
	char *fault, *other;
	json_t *known = findings_parse(text, first, &fault), *found = findings_parse(text + second, size - second, &other);

	if (known && found) {
		struct pairs pairs = findings_pair(known, found);

		check(&pairs, json_array_size(known), json_array_size(found));
		pairs_free(&pairs);
		apply(known, found);
	}
	json_decref(known);
	json_decref(found);
	free(fault);
	free(other);
	return 0;
}
