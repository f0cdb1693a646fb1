// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strongfence diff: what two runs found, by fingerprint.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "complain.h"
#include "findings.h"
#include "options.h"
#include "output.h"
#include "pairs.h"
#include "rules.h"

static const char help[] =
	"usage: strongfence diff OLD NEW\n"
	"\n"
	"Compares two files that --format json wrote ('-' is standard input): which findings are new in NEW,\n"
	"and which are gone. A finding that moved to another line or directory is the same: its fingerprint\n"
	"is what it is known by.\n"
	"\n"
	"  --format text|json     json is one object a line, with a type: new, gone, same\n"
	"  -o FILE                write there instead of standard output\n"
	"  -v                     name what is the same, too, and where it was if it moved\n"
	"\n"
	"Exit status: 0 nothing is new, 1 something is new, 2 a file could not be read.\n";

enum kind { KIND_NEW, KIND_GONE, KIND_SAME, KIND_SUPPRESSED, KINDS };

static const char *const names[KINDS] = {"new", "gone", "same", "suppressed"};

struct comparison {
	FILE *to;
	enum output_format format;
	bool verbose;
	size_t count[KINDS];
	size_t moved;
};

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static long long line_of(const json_t *object)
{
	return json_integer_value(json_object_get(object, "line"));
}

static bool has_moved(const json_t *old, const json_t *new)
{
	return strcmp(text_of(old, "file"), text_of(new, "file")) || line_of(old) != line_of(new);
}

static void write_json(const struct comparison *comparison, enum kind kind, const json_t *finding, const json_t *old)
{
	json_t *line = json_copy((json_t *)(uintptr_t)finding), *lines;

	json_object_del(line, "type");
	if (old)
		json_object_set_new(line, "was", json_pack("{s:s, s:I}", "file", text_of(old, "file"), "line",
							   (json_int_t)line_of(old)));
	lines = json_pack("[o]", line);
	output_json(comparison->to, lines, names[kind]);
	json_decref(lines);
}

static void write_text(const struct comparison *comparison, enum kind kind, const json_t *finding, const json_t *old)
{
	char *file = visible(text_of(finding, "file")), *message = visible(text_of(finding, "message"));
	long long column = json_integer_value(json_object_get(finding, "column"));

	fprintf(comparison->to, "%s:%lld:", file, line_of(finding));
	if (column)
		fprintf(comparison->to, "%lld:", column);
	fprintf(comparison->to, " %s: %s [%s%s]", names[kind], message, rule_package(text_of(finding, "rule")),
		text_of(finding, "rule"));
	if (*text_of(finding, "severity"))
		fprintf(comparison->to, " (%s)", text_of(finding, "severity"));
	if (old) {
		char *was = visible(text_of(old, "file"));

		fprintf(comparison->to, ", was at %s:%lld", was, line_of(old));
		free(was);
	}
	fputc('\n', comparison->to);
	free(message);
	free(file);
}

// `old` is where it was, of what is there in both.
static void tell(struct comparison *comparison, enum kind kind, const json_t *finding, const json_t *old)
{
	const bool moved = old && has_moved(old, finding);

	comparison->count[kind]++;
	comparison->moved += kind == KIND_SAME && moved;
	if (kind == KIND_SAME && !comparison->verbose)
		return;
	(comparison->format == FORMAT_JSON ? write_json : write_text)(comparison, kind, finding, moved ? old : NULL);
}

// Suppressed ones of the new run are only looked at for what would be gone.
static void compare(struct comparison *comparison, const json_t *old, const json_t *new, json_t *suppressed)
{
	json_t *all = json_copy((json_t *)(uintptr_t)new);
	const size_t found = json_array_size(new);
	struct pairs pairs;
	const json_t *each;
	size_t i;

	json_array_extend(all, suppressed);
	pairs = findings_pair(old, all);
	json_array_foreach(new, i, each) {
		const json_t *was = pairs.of_new[i] == NO_PAIR ? NULL : json_array_get(old, pairs.of_new[i]);

		tell(comparison, was ? KIND_SAME : KIND_NEW, each, was);
	}
	json_array_foreach(old, i, each) {
		if (pairs.of_old[i] == NO_PAIR)
			tell(comparison, KIND_GONE, each, NULL);
		else if (pairs.of_old[i] >= found)
			tell(comparison, KIND_SUPPRESSED, json_array_get(all, pairs.of_old[i]), each);
	}
	pairs_free(&pairs);
	json_decref(all);
}

static void summarise(const struct comparison *comparison)
{
	char *moved = comparison->moved ? format(" (%zu of them elsewhere)", comparison->moved) : copy("");
	char *suppressed = comparison->count[KIND_SUPPRESSED]
				   ? format(", %zu suppressed now", comparison->count[KIND_SUPPRESSED])
				   : copy("");

	say("%zu new, %zu gone, %zu the same%s%s", comparison->count[KIND_NEW], comparison->count[KIND_GONE],
	    comparison->count[KIND_SAME], moved, suppressed);
	free(suppressed);
	free(moved);
}

int command_diff(int argc, char **argv)
{
	struct options options = options_read(argc, argv, TAKES_OUTPUT);
	struct comparison comparison = {.format = options.format, .verbose = options.verbose};
	json_t *old, *new, *now;
	struct output output;

	if (options.help) {
		fputs(help, stdout);
		return VERDICT_CLEAN;
	}
	if (options.paths.count != 2)
		fatal("diff: two files of findings are compared; see 'strongfence diff --help'");
	if (!strcmp(options.paths.at[0], "-") && !strcmp(options.paths.at[1], "-"))
		fatal("diff: standard input is one file, not two");
	if (options.format != FORMAT_TEXT && options.format != FORMAT_JSON)
		fatal("diff: --format is text or json");
	output_check(options.output);
	old = findings_read(options.paths.at[0]);
	new = findings_read_both(options.paths.at[1], &now);
	output = output_open(options.output);
	comparison.to = output.stream;
	compare(&comparison, old, new, now);
	output_close(&output);
	summarise(&comparison);
	json_decref(now);
	json_decref(old);
	json_decref(new);
	return comparison.count[KIND_NEW] ? VERDICT_FINDINGS : VERDICT_CLEAN;
}
