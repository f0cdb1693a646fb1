// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ninja.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "complain.h"
#include "files.h"
#include "process.h"
#include "progress.h"

void ninja_write(FILE *to, const struct strings *ids, const struct units *units,
		 const struct options *options)
{
	fputs("ninja_required_version = 1.10\n"
	      "rule unit\n"
	      // The launcher changes where a unit runs, not what comes out of it: it is taken from the
	      // environment so that another launcher makes no edge dirty.
	      "  command = $$STRONGFENCE_LAUNCHER tool/unit --unit units/$id.cmd.json "
	      "--output units/$id.jsonl --depfile units/$id.d",
	      to);
	for (size_t i = 0; i < options->models.count; i++)
		fprintf(to, " --kernel-model tool/model-%zu.yaml", i);
	for (size_t i = 0; i < options->rules.count; i++)
		fprintf(to, "%s%s", i ? "," : " --rules ", options->rules.at[i]);
	if (options->budget)
		fprintf(to, " --budget %ld", options->budget);
	if (options->timeout)
		fprintf(to, " --timeout %ld", options->timeout);
	fputs("\n  depfile = units/$id.d\n"
	      "  deps = gcc\n"
	      "  restat = 1\n"
	      "  description = $id\n",
	      to);
	for (size_t i = 0; i < ids->count; i++)
		fprintf(to, "build units/%s.jsonl: unit units/%s.cmd.json | options.json\n  id = %s\n",
			ids->at[i], ids->at[i], ids->at[i]);
	fputs("build wanted: phony", to);
	for (size_t i = 0; i < units->count; i++)
		if (!units->at[i].skipped)
			fprintf(to, " units/%s.jsonl", units->at[i].id);
	fputs("\n", to);
}

bool ninja_status(const char *line, size_t *done, size_t *total, const char **id)
{
	int used = 0;

	if (*line != '\001' || sscanf(line + 1, "%zu/%zu %n", done, total, &used) != 2 || !used)
		return false;
	*id = line + 1 + used;
	return true;
}

// Edges of earlier runs stay in the file: ninja forgets the dependencies of
// what it no longer finds there.
static struct strings all_ids(const struct state *state)
{
	char *folder = path_join(state->path, "units");
	DIR *directory = opendir(folder);
	struct strings ids = {0};
	struct dirent *entry;

	if (!directory)
		fatal("%s: %s", folder, strerror(errno));
	while ((entry = readdir(directory))) {
		size_t length = strlen(entry->d_name);

		if (length == 16 + strlen(".cmd.json") && !strcmp(entry->d_name + 16, ".cmd.json"))
			strings_take(&ids, copy_span(entry->d_name, 16));
	}
	closedir(directory);
	free(folder);
	strings_sort(&ids);
	return ids;
}

static void write_file(const struct units *units, const struct state *state,
		       const struct options *options)
{
	char *path = path_join(state->path, "build.ninja");
	struct strings ids = all_ids(state);
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	if (!to)
		fatal("out of memory");
	ninja_write(to, &ids, units, options);
	fclose(to);
	if (file_update(path, text, length) < 0)
		fatal("%s: %s", path, strerror(errno));
	strings_free(&ids);
	free(text);
	free(path);
}

struct watch {
	struct units *units;
	FILE *log;
	size_t done, total;
	char *error;         // ninja's own
	struct unit *failed; // whose output is being read
	struct strings pending;
};

static struct unit *find_unit(const struct watch *watch, const char *id)
{
	for (size_t i = 0; i < watch->units->count; i++)
		if (!strncmp(watch->units->at[i].id, id, 16))
			return &watch->units->at[i];
	return NULL;
}

// What a failed edge prints follows the line with its command.
static void see_line(void *context, char *line)
{
	struct watch *watch = context;
	const char *id;

	if (ninja_status(line, &watch->done, &watch->total, &id)) {
		watch->failed = NULL;
		progress_show(watch->done, watch->total);
		return;
	}
	if (watch->log)
		fprintf(watch->log, "%s\n", line);
	if (!strncmp(line, "FAILED: ", 8)) {
		const char *at = strstr(line, "units/");

		watch->failed = at ? find_unit(watch, at + strlen("units/")) : NULL;
	} else if (!strncmp(line, "ninja: error: ", 14)) {
		free(watch->error);
		watch->error = copy(line + 14);
		watch->failed = NULL;
	} else if (!strncmp(line, "ninja: ", 7)) {
		watch->failed = NULL;
	} else if (watch->failed && !watch->failed->fault && !strstr(line, "units/")) {
		static const char prefix[] = "strongfence-unit: ";
		bool ours = !strncmp(line, prefix, strlen(prefix));

		watch->failed->fault = copy(ours ? line + strlen(prefix) : line);
	}
}

static void see_pending(void *context, char *line)
{
	struct watch *watch = context;
	size_t done, total;
	const char *id;

	if (ninja_status(line, &done, &total, &id))
		strings_add(&watch->pending, id);
	else if (!strncmp(line, "ninja: error: ", 14) && !watch->error)
		watch->error = copy(line + 14);
}

// After a failure: which edges would still have to run?
static void find_pending(struct watch *watch, const struct state *state, struct strings *set)
{
	struct strings words = {0};
	struct process process = {.words = &words, .directory = state->path, .set = set,
				  .line = see_pending, .context = watch, .join_errors = true};
	int status;

	strings_add(&words, "ninja");
	strings_add(&words, "-n");
	strings_add(&words, "wanted");
	status = process_run(&process, NULL);
	strings_free(&words);
	if (status != 0)
		fatal("ninja: %s", watch->error ? watch->error : "failed");
	for (size_t i = 0; i < watch->pending.count; i++) {
		struct unit *unit = find_unit(watch, watch->pending.at[i]);

		if (unit && !unit->fault)
			unit->fault = copy("the unit program did not finish");
	}
	// Faults that a later attempt of the same edge healed do not count: an edge that is
	// not pending is up to date.
	for (size_t i = 0; i < watch->units->count; i++) {
		struct unit *unit = &watch->units->at[i];

		if (unit->fault && !unit->skipped && !strings_have(&watch->pending, unit->id)) {
			free(unit->fault);
			unit->fault = NULL;
		}
	}
}

void ninja_run(struct units *units, const struct state *state, const struct options *options)
{
	struct watch watch = {.units = units};
	struct strings words = {0}, set = {0};
	struct process process = {.words = &words, .directory = state->path, .set = &set,
				  .line = see_line, .context = &watch, .join_errors = true};
	char *log = path_join(state->path, "scan.log");
	bool any = false;
	int status;

	for (size_t i = 0; i < units->count; i++)
		any |= !units->at[i].skipped;
	if (!any)
		return;
	write_file(units, state, options);
	watch.log = fopen(log, "w");
	strings_add(&words, "ninja");
	strings_add(&words, "-k");
	strings_add(&words, "0");
	strings_take(&words, format("-j%ld", options->jobs));
	strings_add(&words, "wanted");
	strings_add(&set, NINJA_STATUS);
	strings_take(&set, format("STRONGFENCE_LAUNCHER=%s", options->launcher ? options->launcher : ""));
	progress_start("units");
	status = process_run(&process, NULL);
	progress_clear();
	if (watch.log)
		fclose(watch.log);
	if (process_interrupted())
		fatal("interrupted after %zu of %zu units; run the same command again to carry on",
		      watch.done, watch.total);
	if (status == 127 && errno)
		fatal("ninja: %s; install ninja-build", strerror(errno));
	if (status != 0)
		find_pending(&watch, state, &set);
	strings_free(&watch.pending);
	strings_free(&words);
	strings_free(&set);
	free(watch.error);
	free(log);
}
