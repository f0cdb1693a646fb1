// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report.h"

#include "html.h"
#include "output.h"
#include "sarif.h"
#include "text.h"

bool report_needs_map(enum output_format format)
{
	switch (format) {
	case FORMAT_TEXT:
	case FORMAT_JSON:
	case FORMAT_SARIF:
		return false;
	case FORMAT_HTML:
		return true;
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
	case FORMAT_SARIF:
		sarif_write(to, analysis);
		break;
	case FORMAT_HTML:
		html_write(to, analysis);
		break;
	}
}
