// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Records of units, with a line "---" between, merged, and written in each format.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "matrix.h"
#include "memory.h"
#include "sarif.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *nowhere;
	char *text = copy_span((const char *)data, size);
	struct analysis analysis = {.complete = true, .engines = ENGINE_CLANG | ENGINE_COCCI,
				    .units.root = (char *)(uintptr_t)"/build/linux"};
	struct results *results = &analysis.results;
	struct left_out left = {0};

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	results_start(results);
	for (char *at = text, *next; at; at = next) {
		bool retry;

		next = strstr(at, "---\n");
		if (next) {
			*next = '\0';
			next += 4;
		}

		char *fault = results_add_record(results, at, "/build", "/build/linux", &retry);

		// What is not whole is read again.
		if (fault && !retry)
			abort();
		free(fault);
	}
	results_settle(results, SEVERITY_LOW);
	text_findings(nowhere, results->findings);
	matrix_text(nowhere, results->fences, results->coverage);
	json_decref(sarif_log(&analysis, &left));
	json_decref(html_data(&analysis));
	results_free(results);
	free(text);
	return 0;
}
