// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "since.h"

#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "modules.h"
#include "reach.h"
#include "revision.h"

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

enum build_file { NO_BUILD_FILE, OF_ITS_FOLDER, OF_ALL };

// A makefile says how what lies beside and below it is compiled. What those say that are for the whole tree changes with
// every release, and most of it matters to no unit.
static enum build_file build_file_of(const char *path)
{
	const char *name = path_name(path);
	bool make = !strcmp(name, "Makefile") || !strcmp(name, "Kbuild");

	if (starts_with(path, "scripts/") || starts_with(name, "Kconfig"))
		return OF_ALL;
	if (make && (!strchr(path, '/') || starts_with(path, "arch/") || !strcmp(path, "include/Kbuild")))
		return OF_ALL;
	return make ? OF_ITS_FOLDER : NO_BUILD_FILE;
}

// Whether the unit stands below one of the folders.
static bool stands_below(const struct unit *unit, const struct strings *folders)
{
	for (size_t i = 0; i < folders->count; i++)
		if (path_below(folders->at[i], unit->name))
			return true;
	return false;
}

static bool *find_direct(struct since *since, const struct units *units, const struct strings *changed)
{
	struct strings files = {0}, folders = {0};
	char *real = path_real(NULL, units->root);
	bool *direct;

	for (size_t i = 0; i < changed->count; i++) {
		strings_take(&files, path_join(units->root, changed->at[i]));
		// Commands may name the tree by either spelling.
		if (strcmp(real, units->root))
			strings_take(&files, path_join(real, changed->at[i]));
		switch (build_file_of(changed->at[i])) {
		case OF_ALL: strings_add(&since->config, changed->at[i]); break;
		case OF_ITS_FOLDER: strings_take(&folders, path_parent(changed->at[i])); break;
		case NO_BUILD_FILE: break;
		}
	}
	strings_sort(&files);
	direct = reach(units, &files);
	for (size_t i = 0; i < units->count; i++)
		direct[i] |= stands_below(&units->at[i], &folders);
	free(real);
	strings_free(&folders);
	strings_free(&files);
	return direct;
}

// Whether what the last link projected for the unit is from one of these.
static bool imports_from(const struct unit *unit, const struct state *state, const struct strings *ids)
{
	static const char end[] = ".facts.json";
	char *path = format("%s/units/%s.import.json", state->path, unit->id);
	char *text = file_read(path, NULL);
	bool found = false;

	for (const char *at = text; at && !found && (at = strstr(at, end)); at++) {
		char *id = at - text >= 16 ? copy_span(at - 16, 16) : NULL;

		found = id && strings_find(ids, id);
		free(id);
	}
	free(text);
	free(path);
	return found;
}

static bool has_facts(const struct unit *unit, const struct state *state)
{
	char *path = format("%s/units/%s.facts.json", state->path, unit->id);
	bool found = file_exists(path);

	free(path);
	return found;
}

static struct strings modules_of(const struct units *units, const bool *direct)
{
	struct strings modules = {0};

	for (size_t i = 0; i < units->count; i++) {
		char *module = direct[i] ? module_of(&units->at[i]) : NULL;

		if (module)
			strings_take(&modules, module);
	}
	strings_sort(&modules);
	return modules;
}

static bool is_mate(const struct unit *unit, const struct strings *modules)
{
	char *module = module_of(unit);
	bool found = module && strings_find(modules, module);

	free(module);
	return found;
}

struct since since_narrow(struct units *units, const struct state *state, const char *revision)
{
	struct strings changed = revision_changes(units->root, revision), modules;
	struct since since = {.revision = revision, .files = changed.count};
	bool *direct = find_direct(&since, units, &changed);

	for (size_t i = 0; i < units->count; i++)
		if (direct[i])
			strings_add(&since.ids, units->at[i].id);
	strings_sort(&since.ids);
	modules = modules_of(units, direct);
	for (size_t i = 0; i < units->count; i++) {
		struct unit *unit = &units->at[i];

		if (unit->aside)
			continue;
		if (unit->skipped && strings_find(&changed, unit->name)) {
			unit->aside = unit->unaffected = true; // a stale command: the source was deleted
		} else if (direct[i]) {
			since.direct++;
		} else if (!unit->skipped &&
			   (is_mate(unit, &modules) || imports_from(unit, state, &since.ids))) {
			since.others++;
		} else {
			unit->aside = unit->unaffected = true;
			since.rest++;
			if (unit->skipped)
				continue;
			unit->skipped = !has_facts(unit, state);
			since.unknown += unit->skipped;
		}
	}
	strings_free(&modules);
	strings_free(&changed);
	free(direct);
	return since;
}

size_t since_widen(struct since *since, struct units *units, const struct state *state)
{
	size_t count = 0;

	for (size_t i = 0; i < units->count; i++) {
		struct unit *unit = &units->at[i];

		if (!unit->unaffected || unit->skipped || !imports_from(unit, state, &since->ids))
			continue;
		unit->aside = unit->unaffected = false;
		count++;
	}
	since->others += count;
	since->rest -= count;
	return count;
}

void since_free(struct since *since)
{
	strings_free(&since->config);
	strings_free(&since->ids);
}
