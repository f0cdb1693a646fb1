// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "findings.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "dryrun.h"
#include "files.h"
#include "kernel.h"
#include "process.h"
#include "rules.h"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static void see_line(void *context, char *line)
{
	dryrun_line(context, line);
}

// Kbuild's own commands for an external module, from its dry run: nothing is compiled.
static void write_database(const struct sources *sources, const struct checker *checker,
			   const char *path)
{
	struct kernel kernel = kernel_open(checker->kernel_src, checker->kernel_build);
	struct strings words = kernel_make(&kernel);
	struct dryrun run = {.directory = kernel.build};
	struct process process = {
		.words = &words, .line = see_line, .context = &run, .join_errors = true};
	json_t *entries = json_array();
	char *text;

	strings_add(&words, "-n");
	strings_add(&words, "-k");
	strings_add(&words, "V=1");
	strings_add(&words, "FENCE=");
	strings_take(&words, format("M=%s", sources->directory));
	strings_add(&words, "modules");
	// Its status says whether everything could be linked, and no kernel is built here.
	process_run(&process, NULL);
	dryrun_end(&run);
	if (process_interrupted())
		fatal("interrupted");
	for (size_t i = 0; i < run.found.count; i++)
		json_array_append_new(entries, compile_to_json(&run.found.at[i]));
	text = json_dumps(entries, JSON_INDENT(1));
	if (file_write(path, text, strlen(text)) < 0)
		fatal("%s: %s", path, strerror(errno));
	free(text);
	json_decref(entries);
	compiles_free(&run.found);
	strings_free(&words);
}

static json_t *read_findings(const char *path)
{
	FILE *from = fopen(path, "r");
	json_t *objects = json_array(), *object;
	json_error_t error;

	if (!from)
		fatal("%s: %s", path, strerror(errno));
	while ((object = json_loadf(from, JSON_DISABLE_EOF_CHECK, &error)))
		json_array_append_new(objects, object);
	if (!feof(from))
		fatal("%s: %s", path, error.text);
	fclose(from);
	return objects;
}

static char *file_of(const struct row *row, const struct sources *sources)
{
	return format("%s/%s.c", sources->directory, row->source->stem);
}

// Runs strongfence on the files; its findings, and in *complete whether all files were analysed.
static json_t *analyse(const struct strings *files, const struct checker *checker, const char *database,
		       bool *complete)
{
	char *output = format("%s/findings.jsonl", checker->work);
	struct strings words = {0};
	struct process process = {.words = &words};
	json_t *findings;
	int status;

	strings_add(&words, checker->strongfence);
	strings_add(&words, "check");
	strings_add_all(&words, files);
	strings_add(&words, "--alpha"); // every rule, trusted or not
	strings_add(&words, "-p");
	strings_add(&words, database);
	strings_add(&words, "--kernel-src");
	strings_add(&words, checker->kernel_src);
	strings_add(&words, "--format");
	strings_add(&words, "json");
	strings_add(&words, "-o");
	strings_add(&words, output);
	strings_add(&words, "--state");
	strings_take(&words, format("%s/state", checker->work));
	strings_add(&words, "--llvm");
	strings_take(&words, format("%d", checker->llvm));
	strings_add(&words, "-j");
	strings_take(&words, format("%ld", checker->jobs));
	remove(output);
	status = process_run(&process, NULL);
	if (process_interrupted())
		fatal("interrupted");
	if (status == 127 && errno)
		fatal("%s: %s", checker->strongfence, strerror(errno));
	*complete = status < 2;
	findings = file_exists(output) ? read_findings(output) : json_array();
	strings_free(&words);
	free(output);
	return findings;
}

static bool is_about(const json_t *finding, const struct row *row)
{
	const char *name = path_name(text_of(finding, "file"));
	size_t length = strlen(row->source->stem);

	return !strncmp(name, row->source->stem, length) && !strcmp(name + length, ".c");
}

static bool is_expected(const json_t *finding, const struct mutant *mutant)
{
	return mutant && !strcmp(text_of(finding, "rule"), mutant->rule) &&
	       (strings_have(&mutant->functions, text_of(finding, "function")) ||
		strings_have(&mutant->functions, text_of(finding, "door")));
}

static void judge(struct row *row, const json_t *findings)
{
	const struct mutant *mutant = row->source->mutant;
	bool hit = false, other = false;
	const json_t *finding;
	size_t i;

	json_array_foreach(findings, i, finding) {
		if (!is_about(finding, row))
			continue;
		if (is_expected(finding, mutant)) {
			hit = true;
			continue;
		}
		// A second function of the same rule is the same mistake, seen from another door; named all the same.
		other |= !mutant || strcmp(text_of(finding, "rule"), mutant->rule);
		char *one = format("%s %s", text_of(finding, "rule"), text_of(finding, "function"));

		if (!strings_have(&row->others, one))
			strings_add(&row->others, one);
		free(one);
	}
	if (mutant && !rule_known(mutant->rule))
		row->agreement = STATIC_NO_RULE;
	else if (other || (!hit && row->others.count))
		row->agreement = STATIC_OTHER;
	else
		row->agreement = hit || !mutant ? STATIC_OK : STATIC_MISSED;
}

// After a run that was not complete: whether this file was analysed. Silence on one that was not is no verdict.
static bool analysed(char *file, const struct checker *checker, const char *database)
{
	struct strings files = {0};
	bool complete;

	strings_add(&files, file);
	json_decref(analyse(&files, checker, database, &complete));
	strings_free(&files);
	return complete;
}

void findings_enter(struct matrix *matrix, const struct sources *sources, const struct checker *checker)
{
	char *database = format("%s/compile_commands.json", checker->work);
	struct strings files = {0};
	bool complete = true;
	json_t *findings;

	if (make_directories(checker->work) < 0)
		fatal("%s: %s", checker->work, strerror(errno));
	write_database(sources, checker, database);
	for (size_t i = 0; i < matrix->count; i++)
		if (row_has_static(&matrix->at[i]) && !matrix->at[i].source->fault)
			strings_take(&files, file_of(&matrix->at[i], sources));
	findings = files.count ? analyse(&files, checker, database, &complete) : json_array();
	for (size_t i = 0; i < matrix->count; i++) {
		struct row *row = &matrix->at[i];
		char *file = file_of(row, sources);

		if (row_has_static(row)) {
			if (row->source->fault || (!complete && !analysed(file, checker, database)))
				row->agreement = STATIC_BROKEN;
			else
				judge(row, findings);
			matrix->trouble |= row->agreement == STATIC_BROKEN;
		}
		free(file);
	}
	json_decref(findings);
	strings_free(&files);
	free(database);
}

// The first of what was not asked for, and how many there are.
static char *others_text(const struct row *row)
{
	if (row->others.count < 2)
		return copy(row->others.count ? row->others.at[0] : "");
	return format("%s and %zu more", row->others.at[0], row->others.count - 1);
}

char *findings_text(const struct row *row)
{
	char *others = others_text(row), *text = NULL;

	switch (row->agreement) {
	case STATIC_NOT_ASKED: break;
	case STATIC_OK: text = *others ? format("ok (also %s)", others) : copy("ok"); break;
	case STATIC_NO_RULE: text = *others ? format("- (%s)", others) : copy("-"); break;
	case STATIC_MISSED: text = copy("missed"); break;
	case STATIC_OTHER: text = format("other: %s", others); break;
	case STATIC_BROKEN: text = copy(row->source->fault ? "does not apply" : "not analysed"); break;
	}
	free(others);
	return text ? text : copy("");
}
