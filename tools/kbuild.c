// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "kbuild.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "dryrun.h"
#include "files.h"
#include "kept.h"
#include "process.h"
#include "progress.h"
#include "stamp.h"

// One path that commands are wanted for.
struct part {
	char *path;     // relative to the tree: drivers/char, drivers/char/nvram.c
	char *cache;    // the file that keeps its commands
	json_t *stamps; // as they are now
	json_t *units;  // its commands, NULL until known
	json_t *words;  // of those of them that were kept: see kept.h
	struct strings stale; // directories to ask again; {path} for all of it
};

struct ask {
	struct dryrun run;
	char *error; // make's first complaint
};

static void see_line(void *context, char *line)
{
	struct ask *ask = context;
	size_t before = ask->run.found.count;

	dryrun_line(&ask->run, line);
	// With -k make goes on: the first complaint is the cause of the others.
	if (!ask->error && (strstr(line, "***") || strstr(line, ": error:")))
		ask->error = copy(line);
	if (ask->run.found.count != before)
		progress_note(ask->run.found.at[before].output);
}

// The make target: directories end in a slash, a source stands for its object.
static char *target_of(const char *path, bool directory)
{
	size_t length = strlen(path);

	if (directory)
		return format("%s/", path);
	return format("%.*so", (int)length - 1, path);
}

// Whether Kbuild builds `object` on behalf of `path`.
static bool belongs(const char *object, const char *path, bool directory)
{
	if (directory) {
		const char *rest = path_below(path, object);

		return rest && *rest;
	}
	return !strncmp(object, path, strlen(path) - 1) && !strcmp(object + strlen(path) - 1, "o");
}

static bool path_is_directory(const struct kernel *kernel, const char *path)
{
	char *whole = path_join(kernel->src, path);
	bool directory = is_directory(whole);

	free(whole);
	return directory;
}

// The nearest directory at or above that Kbuild descends into.
static char *with_makefile(const struct kernel *kernel, const char *directory)
{
	char *at = copy(directory);

	for (;;) {
		char *makefile = format("%s/%s/Makefile", kernel->src, at);
		char *kbuild = format("%s/%s/Kbuild", kernel->src, at);
		bool found = file_exists(makefile) || file_exists(kbuild) || !strchr(at, '/');

		free(makefile);
		free(kbuild);
		if (found)
			return at;
		char *up = path_parent(at);

		free(at);
		at = up;
	}
}

// Compares the kept stamps with those of now. True when what is kept can be used, once
// part->stale has been asked again.
static bool compare_stamps(const struct kernel *kernel, struct part *part, const json_t *kept)
{
	const char *name;
	json_t *now;
	void *next;

	json_object_foreach(part->stamps, name, now) {
		if (json_equal(now, json_object_get(kept, name)))
			continue;
		char *directory = with_makefile(kernel, name);
		const char *rest = path_below(part->path, directory);

		if (!rest || !*rest) {
			free(directory);
			return false;
		}
		if (!strings_have(&part->stale, directory))
			strings_add(&part->stale, directory);
		free(directory);
	}
	json_object_foreach_safe((json_t *)kept, next, name, now)
		if (!json_object_get(part->stamps, name))
			return false;
	return true;
}

static void load_kept(const struct kernel *kernel, struct part *part, const char *whole)
{
	json_t *kept = json_load_file(part->cache, 0, NULL);
	const char *stamp = json_string_value(json_object_get(kept, "stamp"));

	if (stamp && !strcmp(stamp, whole) && json_is_array(json_object_get(kept, "units")) &&
	    compare_stamps(kernel, part, json_object_get(kept, "directories")))
		part->units = json_incref(json_object_get(kept, "units"));
	if (part->units)
		part->words = json_incref(json_object_get(kept, "words"));
	json_decref(kept);
	if (!part->units) {
		strings_free(&part->stale);
		strings_add(&part->stale, part->path);
	}
}

static void keep(const struct part *part, const char *whole)
{
	json_t *words = json_array();
	json_t *kept = json_pack("{s:s, s:O, s:o, s:o}", "stamp", whole, "directories", part->stamps, "units",
				 kept_pack(part->units, part->words, words), "words", words);
	char *text = json_dumps(kept, JSON_COMPACT);

	if (file_write(part->cache, text, strlen(text)) < 0)
		fatal("%s: %s", part->cache, strerror(errno));
	free(text);
	json_decref(kept);
}

// Drops what `part` knows of `directory` and takes it from the run's answers instead. Returns
// how many there are.
static size_t replace_units(struct part *part, const char *path, bool directory,
			    const struct compiles *found)
{
	json_t *units = json_array();
	json_t *unit;
	size_t i, count = 0;

	json_array_foreach(part->units, i, unit) {
		const char *output = json_string_value(json_object_get(unit, "output"));

		if (!output || !belongs(output, path, directory))
			json_array_append(units, unit);
	}
	for (i = 0; i < found->count; i++) {
		if (!belongs(found->at[i].output, path, directory))
			continue;
		json_t *entry = compile_to_json(&found->at[i]);

		count++;
		if (entry)
			json_array_append_new(units, entry);
		else
			complain("%s: left out: its command is not UTF-8", found->at[i].file);
	}
	json_decref(part->units);
	part->units = units;
	return count;
}

// Kbuild prints no command for an object that is up to date. One more flag makes every command another one
// (cmd-check of scripts/Kbuild.include); dryrun.h takes it out again.
static struct strings make_asking(const struct kernel *kernel)
{
	struct strings make = kernel_make(kernel);
	const char *flags = getenv("KCFLAGS");

	strings_take(&make, format("KCFLAGS=%s%s" DRYRUN_FLAG, flags ? flags : "", flags ? " " : ""));
	return make;
}

// Asks Kbuild for everything stale in one run. False when make failed.
static bool ask_kbuild(const struct kernel *kernel, const struct strings *make,
		       const struct strings *targets, struct ask *ask)
{
	struct strings words = {0};
	struct process process = {
		.words = &words, .line = see_line, .context = ask, .join_errors = true};
	int status;

	*ask = (struct ask){.run.directory = kernel->build};
	strings_add_all(&words, make);
	strings_add(&words, "-n");
	strings_add(&words, "-k");
	strings_add(&words, "V=1");
	strings_add_all(&words, targets);
	progress_start("compile commands");
	status = process_run(&process, NULL);
	progress_clear();
	dryrun_end(&ask->run);
	strings_free(&words);
	if (process_interrupted())
		fatal("interrupted while Kbuild was asked for compile commands; run it again to carry on");
	if (status == 127 && errno)
		fatal("make: %s", strerror(errno));
	return status == 0;
}

bool kbuild_compiles(const struct kernel *kernel, const struct strings *paths, const char *state,
		     struct compiles *list)
{
	struct part *parts = allocate(paths->count * sizeof(*parts));
	struct strings make = make_asking(kernel), targets = {0};
	char *whole = stamp_whole(kernel, &make);
	char *folder = path_join(state, "dryrun");
	bool complete = true;
	struct ask ask;

	if (make_directories(folder) < 0)
		fatal("%s: %s", folder, strerror(errno));
	for (size_t i = 0; i < paths->count; i++) {
		struct part *part = &parts[i];

		part->path = paths->at[i];
		part->cache = format("%s/%016" PRIx64 ".json", folder,
				     hash_text(HASH_START, part->path));
		part->stamps = stamp_directories(kernel, part->path);
		load_kept(kernel, part, whole);
		for (size_t j = 0; j < part->stale.count; j++)
			strings_take(&targets, target_of(part->stale.at[j],
							 path_is_directory(kernel, part->stale.at[j])));
	}
	if (targets.count) {
		complete = ask_kbuild(kernel, &make, &targets, &ask);
		if (ask.run.unreadable) {
			complain("%zu of Kbuild's commands could not be read", ask.run.unreadable);
			complete = false;
		}
		if (!complete)
			complain("Kbuild: %s", ask.error ? ask.error : "make -n failed");
		if (!complete && !ask.run.found.count)
			fatal("Kbuild gave no compile command");
	}
	for (size_t i = 0; i < paths->count; i++) {
		struct part *part = &parts[i];
		bool retry = false;

		if (!part->units)
			part->units = json_array();
		for (size_t j = 0; j < part->stale.count; j++) {
			const char *path = part->stale.at[j];
			size_t had = json_array_size(part->units);
			size_t count = replace_units(part, path, path_is_directory(kernel, path),
						     &ask.run.found);

			// Below the part only directories that Kbuild descends into answer for
			// themselves: for others what is kept may not be dropped.
			if (strcmp(path, part->path) && !count && had > json_array_size(part->units))
				retry = true;
		}
		if (retry) {
			struct strings one = {0};
			struct ask again;

			strings_take(&one, target_of(part->path, true));
			complete &= ask_kbuild(kernel, &make, &one, &again);
			replace_units(part, part->path, true, &again.run.found);
			compiles_free(&again.run.found);
			strings_free(&one);
			free(again.error);
		}
		if (part->stale.count && complete)
			keep(part, whole);

		json_t *unit;
		size_t at;

		json_array_foreach(part->units, at, unit) {
			struct compile one;
			const char *why;

			if (!kept_read(unit, part->words, &one, &why))
				fatal("%s: entry %zu %s; remove the file", part->cache, at + 1, why);
			compiles_take(list, one);
		}
		json_decref(part->units);
		json_decref(part->words);
		json_decref(part->stamps);
		strings_free(&part->stale);
		free(part->cache);
	}
	if (targets.count) {
		compiles_free(&ask.run.found);
		free(ask.error);
	}
	strings_free(&targets);
	strings_free(&make);
	free(parts);
	free(folder);
	free(whole);
	return complete;
}
