// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reader of findings in a file, and what prints them: as text, and each as a mail.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "findings.h"
#include "mail.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *nowhere;
	char *fault;
	json_t *findings = findings_parse((const char *)data, size, &fault), *suppressed, *each;
	size_t i;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	if (!findings == !fault)
		abort();
	if (findings)
		text_findings(nowhere, findings);
	json_array_foreach(findings, i, each)
		mail_write(nowhere, each, NULL, "Linux 6.12.1");
	json_decref(findings);
	free(fault);
	suppressed = findings_parse_type((const char *)data, size, "suppressed", &fault);
	if (!suppressed == !fault)
		abort();
	json_decref(suppressed);
	free(fault);
	return 0;
}
