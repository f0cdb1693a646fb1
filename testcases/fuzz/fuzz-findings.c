// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reader of findings in a file, and what prints them.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "findings.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *nowhere;
	char *fault;
	json_t *findings = findings_parse((const char *)data, size, &fault);

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	if (!findings == !fault)
		abort();
	if (findings)
		text_findings(nowhere, findings);
	json_decref(findings);
	free(fault);
	return 0;
}
