// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ninja.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "complain.h"
#include "edges.h"
#include "files.h"
#include "linking.h"
#include "process.h"
#include "progress.h"

// Ids of a kind of file in the folder, sorted. Edges of earlier runs stay in build.ninja: ninja forgets the
// dependencies of what it no longer finds there.
static void read_ids(const struct state *state, struct strings *commands, struct strings *imports)
{
	static const char command[] = ".cmd.json", import[] = ".import.json";
	char *folder = path_join(state->path, "units");
	DIR *directory = opendir(folder);
	struct dirent *entry;

	if (!directory)
		fatal("%s: %s", folder, strerror(errno));
	while ((entry = readdir(directory))) {
		if (strlen(entry->d_name) < 16)
			continue;
		if (!strcmp(entry->d_name + 16, command))
			strings_take(commands, copy_span(entry->d_name, 16));
		else if (!strcmp(entry->d_name + 16, import))
			strings_take(imports, copy_span(entry->d_name, 16));
	}
	closedir(directory);
	free(folder);
	strings_sort(commands);
	strings_sort(imports);
}

// The rules whose semantic patches were run last: their edges, too, stay.
static void read_scripts(const struct state *state, struct strings *rules)
{
	char *path = path_join(state->path, "scripts.json");
	json_t *scripts = json_load_file(path, 0, NULL), *digest;
	const char *rule;

	json_object_foreach(json_object_get(scripts, "rules"), rule, digest)
		strings_add(rules, rule);
	strings_sort(rules);
	json_decref(scripts);
	free(path);
}

static struct edges find_edges(const struct units *units, const struct state *state, const struct options *options,
			       bool across)
{
	struct strings commands = {0}, imports = {0}, lost = {0};
	struct edges edges = {0};

	read_ids(state, &commands, &imports);
	read_scripts(state, &edges.rules);
	if (edges.rules.count)
		strings_add_all(&edges.cocci, &commands);
	for (size_t i = 0; i < units->count; i++) {
		const struct unit *unit = &units->at[i];

		if (unit->skipped)
			continue;
		if ((options->engines & ENGINE_COCCI) && !unit->aside)
			strings_add(&edges.match, unit->id);
		if (!(options->engines & ENGINE_CLANG))
			continue;
		if (unit->lost)
			strings_add(&lost, unit->id);
		else if (!unit->aside)
			strings_add(&edges.wanted, unit->id);
		if (across)
			strings_add(&edges.import, unit->id);
		if (across && !unit->lost)
			strings_add(&edges.facts, unit->id);
	}
	strings_sort(&lost);
	strings_sort(&edges.import);
	strings_sort(&edges.facts);
	strings_sort(&edges.wanted);
	strings_sort(&edges.match);
	for (size_t i = 0; i < commands.count; i++) {
		const char *id = commands.at[i];

		if (strings_find(&lost, id))
			continue;
		if (strings_find(&edges.facts, id) || strings_find(&imports, id))
			strings_add(&edges.linked, id);
		else
			strings_add(&edges.single, id);
	}
	strings_free(&lost);
	strings_free(&commands);
	strings_free(&imports);
	return edges;
}

static void write_file(const struct units *units, const struct state *state, const struct options *options,
		       bool across)
{
	char *path = path_join(state->path, "build.ninja");
	struct edges edges = find_edges(units, state, options, across);
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	if (!to)
		fatal("out of memory");
	edges_write(to, &edges, options);
	fclose(to);
	if (file_update(path, text, length) < 0)
		fatal("%s: %s", path, strerror(errno));
	edges_free(&edges);
	free(text);
	free(path);
}

struct watch {
	struct units *units;
	struct work work;
	enum stage stage;
	FILE *log;
	size_t done, total;
	char *error;         // ninja's own
	struct unit *failed; // whose output is being read
	bool match_failed;   // whether it is that of its semantic patches
	bool link_failed;    // whether it is the link's
	bool command;        // whether the next line is the command that failed
	char *link_fault;
	bool link_pending;
	bool facts_again, checks_again; // whether what a launcher lost of them was run once more
	struct strings facts_pending, checks_pending, matches_pending; // ids
};

static struct unit *find_unit(const struct watch *watch, const char *id)
{
	for (size_t i = 0; i < watch->units->count; i++)
		if (!strncmp(watch->units->at[i].id, id, 16))
			return &watch->units->at[i];
	return NULL;
}

static void see_status(struct watch *watch, const struct status *status)
{
	static const char *const tasks[STAGES] = {"reading facts", "linking", "checking", "matching"};

	watch->failed = NULL;
	watch->link_failed = false;
	watch->done = status->done;
	watch->total = status->total;
	watch->work.read += status->stage == STAGE_FACTS;
	watch->work.checked += status->stage == STAGE_CHECK;
	watch->work.matched += status->stage == STAGE_COCCI;
	progress_rename(tasks[status->stage]);
	progress_show(status->done, status->total);
}

// What a failed edge prints follows the line with its command.
static void see_line(void *context, char *line)
{
	static const char *const prefixes[] = {"strongfence-unit: ", "strongfence: "};
	struct watch *watch = context;
	struct status status;

	if (edges_status(line, &status)) {
		see_status(watch, &status);
		return;
	}
	if (watch->log)
		fprintf(watch->log, "%s\n", line);
	if (edges_failed(line, &status)) {
		watch->failed = status.id ? find_unit(watch, status.id) : NULL;
		watch->match_failed = status.stage == STAGE_COCCI;
		watch->link_failed = !status.id;
		watch->command = true;
	} else if (!strncmp(line, "ninja: error: ", 14)) {
		free(watch->error);
		watch->error = copy(line + 14);
		watch->failed = NULL;
		watch->link_failed = false;
	} else if (!strncmp(line, "ninja: ", 7)) {
		watch->failed = NULL;
		watch->link_failed = false;
	} else if (watch->command) {
		watch->command = false;
	} else if (watch->failed || watch->link_failed) {
		char **fault = watch->link_failed    ? &watch->link_fault
			       : watch->match_failed ? &watch->failed->mismatch
						     : &watch->failed->fault;

		for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
			if (!strncmp(line, prefixes[i], strlen(prefixes[i])))
				line += strlen(prefixes[i]);
		if (!*fault)
			*fault = copy(line);
	}
}

static void see_pending(void *context, char *line)
{
	struct watch *watch = context;
	struct status status;

	if (edges_status(line, &status)) {
		if (status.stage == STAGE_LINK)
			watch->link_pending = true;
		else
			strings_add(status.stage == STAGE_FACTS	  ? &watch->facts_pending
				    : status.stage == STAGE_COCCI ? &watch->matches_pending
								  : &watch->checks_pending,
				    status.id);
	} else if (!strncmp(line, "ninja: error: ", 14)) {
		free(watch->error);
		watch->error = copy(line + 14);
	}
}

// What a dry run would still do after a run is what the run could not do.
static void find_pending(struct watch *watch, const struct state *state, const struct strings *set)
{
	struct strings words = {0};
	struct process process = {.words = &words, .directory = state->path, .set = set,
				  .line = see_pending, .context = watch};
	int status;

	free(watch->error);
	watch->error = NULL;
	watch->link_pending = false;
	strings_free(&watch->facts_pending);
	strings_free(&watch->checks_pending);
	strings_free(&watch->matches_pending);
	strings_add(&words, "ninja");
	strings_add(&words, "-n");
	strings_add(&words, "wanted");
	status = process_run(&process, NULL);
	strings_free(&words);
	if (status != 0)
		fatal("ninja: %s", watch->error ? watch->error : "failed");
	strings_sort(&watch->checks_pending);
	strings_sort(&watch->matches_pending);
}

static void remove_record(const struct unit *unit, const struct state *state)
{
	static const char *const ends[] = {"facts.json", "alone.jsonl", "jsonl"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		char *path = format("%s/units/%s.%s", state->path, unit->id, ends[i]);

		unlink(path);
		free(path);
	}
}

static void set_fault(struct unit *unit)
{
	if (!unit->fault)
		unit->fault = copy("the unit program did not finish");
}

static void settle_mismatch(struct watch *watch, struct unit *unit)
{
	if (!strings_find(&watch->matches_pending, unit->id)) {
		free(unit->mismatch);
		unit->mismatch = NULL;
	} else if (!unit->mismatch) {
		unit->mismatch = copy("spatch did not finish");
	}
}

// Facts that cannot be had must not hold up the link: it is to say who misses them. True when there were any.
static bool lose_facts(struct watch *watch, const struct state *state)
{
	bool any = false;

	for (size_t i = 0; i < watch->facts_pending.count; i++) {
		struct unit *unit = find_unit(watch, watch->facts_pending.at[i]);

		if (!unit || unit->lost)
			continue;
		unit->lost = any = true;
		set_fault(unit);
		remove_record(unit, state);
	}
	return any;
}

// A job can be lost for what says nothing of its unit: it was cancelled, its node went away.
static bool try_again(struct watch *watch)
{
	bool *tried = watch->facts_pending.count ? &watch->facts_again : &watch->checks_again;

	if (*tried)
		return false;
	*tried = true;
	say("what the launcher did not bring back is run once more");
	return true;
}

static int run_once(struct watch *watch, const struct state *state, const struct options *options,
		    const struct strings *set)
{
	struct strings words = {0};
	struct process process = {.words = &words, .directory = state->path, .set = set,
				  .line = see_line, .context = watch, .join_errors = true};
	int status;

	strings_add(&words, "ninja");
	strings_add(&words, "-k");
	strings_add(&words, "0");
	strings_take(&words, format("-j%ld", options->jobs));
	strings_add(&words, "wanted");
	progress_start("units");
	status = process_run(&process, NULL);
	progress_clear();
	strings_free(&words);
	if (process_interrupted())
		fatal("interrupted after %zu of %zu steps; run the same command again to carry on",
		      watch->done, watch->total);
	if (status == 127 && errno)
		fatal("ninja: %s; install ninja-build", strerror(errno));
	return status;
}

// A fault that a later attempt of the same edge healed does not count.
static void settle_faults(struct watch *watch)
{
	for (size_t i = 0; i < watch->units->count; i++) {
		struct unit *unit = &watch->units->at[i];

		if (unit->skipped)
			continue;
		settle_mismatch(watch, unit);
		if (unit->lost)
			continue;
		if (strings_find(&watch->checks_pending, unit->id)) {
			set_fault(unit);
		} else {
			free(unit->fault);
			unit->fault = NULL;
		}
	}
}

struct work ninja_run(struct units *units, const struct state *state, const struct options *options, bool across)
{
	struct watch watch = {.units = units};
	struct strings set = {0};
	char *log = path_join(state->path, "scan.log");
	bool any = false, more = true;

	for (size_t i = 0; i < units->count; i++)
		any |= !units->at[i].skipped && !units->at[i].aside;
	if (!any) {
		free(log);
		return watch.work;
	}
	if (across)
		linking_write_list(units, state);
	watch.log = fopen(log, "w");
	strings_add(&set, NINJA_STATUS);
	strings_take(&set, format("STRONGFENCE_LAUNCHER=%s", options->launcher ? options->launcher : ""));
	while (more) {
		write_file(units, state, options, across);
		more = false;
		if (run_once(&watch, state, options, &set) == 0) {
			strings_free(&watch.checks_pending);
			strings_free(&watch.matches_pending);
			break;
		}
		find_pending(&watch, state, &set);
		more = (options->launcher && try_again(&watch)) || lose_facts(&watch, state);
		if (watch.link_pending && !more)
			fatal("link: %s; nothing could be checked",
			      watch.link_fault ? watch.link_fault : "the unit program did not finish");
	}
	settle_faults(&watch);
	if (across)
		linking_remember(state);
	if (watch.log)
		fclose(watch.log);
	strings_free(&watch.facts_pending);
	strings_free(&watch.checks_pending);
	strings_free(&watch.matches_pending);
	strings_free(&set);
	free(watch.link_fault);
	free(watch.error);
	free(log);
	return watch.work;
}
