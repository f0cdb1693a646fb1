// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report.h"

#include "output.h"
#include "text.h"

bool report_needs_map(enum output_format format)
{
	switch (format) {
	case FORMAT_TEXT:
	case FORMAT_JSON:
		return false;
	}
	return false;
}

void report_write(FILE *to, const struct analysis *analysis, enum output_format format)
{
	const struct results *results = &analysis->results;

	switch (format) {
	case FORMAT_TEXT:
		text_findings(to, results->findings);
		break;
	case FORMAT_JSON:
		output_json(to, results->findings, NULL);
		output_json(to, results->suppressed, "suppressed");
		output_json(to, results->gone, "gone");
		output_json(to, results->unread, "unread");
		break;
	}
}
