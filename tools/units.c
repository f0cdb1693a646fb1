// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "units.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "complain.h"
#include "files.h"
#include "flags.h"

static char *temporary;

static void remove_temporary(void)
{
	if (temporary)
		remove_tree(temporary);
}

static int open_lock(const char *folder, const char *file, int flags)
{
	char *name = path_join(folder, file);
	int lock = open(name, O_RDWR | O_CREAT | flags, 0666);

	if (lock < 0)
		fatal("%s: %s; --state names another folder", name, strerror(errno));
	free(name);
	return lock;
}

// What was being written when a run was killed, by file_write() and by the unit program.
static void remove_unfinished(const char *folder)
{
	DIR *directory = opendir(folder);
	struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		const char *end = strrchr(entry->d_name, '.');

		if (end && (!strcmp(end, ".new") || !strcmp(end, ".tmp")))
			unlinkat(dirfd(directory), entry->d_name, 0);
	}
	if (directory)
		closedir(directory);
}

// Two locks, which go with the processes that hold them: one of the command's alone, one that whatever it starts inherits.
// Of a command that was killed, ninja and unit programs live on for a while and write files that this run reads.
static void lock_folder(const char *folder)
{
	int lock = open_lock(folder, "lock", O_CLOEXEC), jobs = open_lock(folder, "jobs", 0);

	if (flock(lock, LOCK_EX | LOCK_NB) < 0)
		fatal("%s: another strongfence is at work in this folder", folder);
	if (!flock(jobs, LOCK_EX | LOCK_NB))
		return;
	say("%s: waiting for what a run that was killed has left running", folder);
	while (flock(jobs, LOCK_EX) < 0)
		if (errno != EINTR)
			fatal("%s/jobs: %s", folder, strerror(errno));
}

struct state state_open(const char *path)
{
	static const char *const folders[] = {"units", "tool", "dryrun", "links"};
	struct state state = {.temporary = !path};
	char *name;

	if (!path) {
		const char *base = getenv("TMPDIR");

		temporary = format("%s/strongfence-XXXXXX", base && *base ? base : "/tmp");
		if (!mkdtemp(temporary))
			fatal("%s: %s", temporary, strerror(errno));
		atexit(remove_temporary);
		path = temporary;
	}
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		name = path_join(path, folders[i]);
		if (make_directories(name) < 0)
			fatal("%s: %s%s", name, strerror(errno),
			      state.temporary ? "" : "; --state names another folder");
		free(name);
	}
	state.path = path_real(NULL, path);
	lock_folder(state.path);
	remove_unfinished(state.path);
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		name = path_join(state.path, folders[i]);
		remove_unfinished(name);
		free(name);
	}
	return state;
}

void unit_id(const char *directory, const char *file, unsigned ordinal, char id[24])
{
	uint64_t hash = hash_text(HASH_START, directory);

	hash = hash_text(hash, file);
	hash = hash_bytes(hash, &ordinal, sizeof(ordinal));
	snprintf(id, 24, "%016" PRIx64, hash);
}

struct ordered {
	const char *directory, *file;
	size_t index;
};

static int by_source(const void *left, const void *right)
{
	const struct ordered *a = left, *b = right;
	int order = strcmp(a->directory, b->directory);

	if (!order)
		order = strcmp(a->file, b->file);
	if (!order)
		order = a->index < b->index ? -1 : 1;
	return order;
}

static int by_name(const void *left, const void *right)
{
	const struct unit *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	return order ? order : strcmp(a->id, b->id);
}

// A source compiled twice with the very same arguments is one unit.
static bool same_command(const struct unit *a, const struct unit *b)
{
	if (a->compile.arguments.count != b->compile.arguments.count)
		return false;
	for (size_t i = 0; i < a->compile.arguments.count; i++)
		if (strcmp(a->compile.arguments.at[i], b->compile.arguments.at[i]))
			return false;
	return true;
}

struct units units_name(struct compiles *list, const char *root, int llvm)
{
	struct ordered *order = allocate(list->count * sizeof(*order));
	struct units units = {.root = copy(root)};
	char *clang = format("clang-%d", llvm);
	unsigned ordinal = 0;

	units.at = allocate(list->count * sizeof(*units.at));
	for (size_t i = 0; i < list->count; i++)
		order[i] = (struct ordered){list->at[i].directory, list->at[i].file, i};
	qsort(order, list->count, sizeof(*order), by_source);
	for (size_t i = 0; i < list->count; i++) {
		struct compile *from = &list->at[order[i].index];
		struct unit *unit = &units.at[units.count];
		struct unit *last = units.count ? unit - 1 : NULL;
		bool again = last && !strcmp(last->compile.directory, from->directory) &&
			     !strcmp(last->compile.file, from->file);
		char *whole;

		*unit = (struct unit){.compile = *from};
		unit->compile.arguments = (struct strings){0};
		flags_clean(&from->arguments, clang, &unit->compile.arguments);
		flags_anchor(&unit->compile.arguments, from->directory, from->file);
		strings_free(&from->arguments);
		*from = (struct compile){0};
		if (again && same_command(last, unit)) {
			compile_free(&unit->compile);
			continue;
		}
		ordinal = again ? ordinal + 1 : 0;
		unit_id(unit->compile.directory, unit->compile.file, ordinal, unit->id);
		whole = path_plain(unit->compile.directory, unit->compile.file);

		const char *below = path_below(root, whole);

		unit->name = copy(below ? below : whole);
		if (!file_exists(whole)) {
			unit->skipped = true;
			unit->fault = copy("no such file (a source the kernel build generates, or a "
					   "stale compile command)");
		}
		free(whole);
		units.count++;
	}
	compiles_free(list);
	free(order);
	free(clang);
	if (units.count)
		qsort(units.at, units.count, sizeof(*units.at), by_name);
	return units;
}

void unit_forget(const struct unit *unit, const struct state *state)
{
	static const char *const ends[] = {"jsonl", "alone.jsonl"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		char *path = format("%s/units/%s.%s", state->path, unit->id, ends[i]);

		unlink(path);
		free(path);
	}
}

void unit_forget_match(const struct unit *unit, const struct state *state)
{
	char *path = format("%s/units/%s.cocci.jsonl", state->path, unit->id);

	unlink(path);
	free(path);
}

void units_free(struct units *units)
{
	for (size_t i = 0; i < units->count; i++) {
		compile_free(&units->at[i].compile);
		free(units->at[i].name);
		free(units->at[i].fault);
		free(units->at[i].mismatch);
	}
	free(units->at);
	free(units->root);
	*units = (struct units){0};
}

static void update(const char *path, json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT);

	if (file_update(path, text, strlen(text)) < 0)
		fatal("%s: %s", path, strerror(errno));
	free(text);
	json_decref(value);
}

void state_update(const struct state *state, const char *name, json_t *value)
{
	char *path = path_join(state->path, name);

	update(path, value);
	free(path);
}

void state_link(const struct state *state, const char *name, const char *target)
{
	char *path = format("%s/tool/%s", state->path, name);
	char *whole = path_real(NULL, target);

	if (unlink(path) < 0 && errno != ENOENT)
		fatal("%s: %s", path, strerror(errno));
	if (symlink(whole, path) < 0)
		fatal("%s: %s", path, strerror(errno));
	free(whole);
	free(path);
}

json_t *file_state(const char *path)
{
	char *whole = path_real(NULL, path);
	struct stat info;

	if (stat(whole, &info) < 0)
		fatal("%s: %s", path, strerror(errno));
	char *visible_path = visible(whole);
	json_t *value = json_pack("{s:s?, s:I, s:I, s:I}", "path", visible_path, "size",
				  (json_int_t)info.st_size, "seconds",
				  (json_int_t)info.st_mtim.tv_sec, "nanoseconds",
				  (json_int_t)info.st_mtim.tv_nsec);

	if (!value)
		fatal("%s: the file name is not UTF-8", path);
	free(visible_path);
	free(whole);
	return value;
}

// A depfile cannot hold a newline, so ninja never learns of such a source: its state becomes part
// of the command file instead.
static void add_unlisted_state(const struct unit *unit, json_t *entry)
{
	char *whole = path_plain(unit->compile.directory, unit->compile.file);

	if (strchr(whole, '\n'))
		json_object_set_new(entry, "state", file_state(whole));
	free(whole);
}

static void write_command(struct unit *unit, const char *path)
{
	json_t *entry = compile_to_json(&unit->compile);

	if (!entry) {
		unit->skipped = true;
		unit->fault = copy("its compile command is not UTF-8");
		return;
	}
	add_unlisted_state(unit, entry);
	update(path, entry);
}

static uint64_t hash_of(const struct compile *one)
{
	uint64_t hash = hash_text(hash_text(HASH_START, one->directory), one->file);

	hash = hash_text(hash, one->output ? one->output : "");
	for (size_t i = 0; i < one->arguments.count; i++)
		hash = hash_text(hash, one->arguments.at[i]);
	return hash;
}

// The lines of the file, sorted.
static struct strings read_lines(const char *path)
{
	char *text = file_read(path, NULL);
	struct strings lines = {0};

	for (char *line = text, *end; line && (end = strchr(line, '\n')); line = end + 1)
		strings_take(&lines, copy_span(line, (size_t)(end - line)));
	free(text);
	strings_sort(&lines);
	return lines;
}

// Each command whose file is not known to hold it already: "ID HASH" in the file "commands". That of a source with a
// newline in its name holds the source's state, too.
static void write_commands(struct units *units, const struct state *state)
{
	char *path = path_join(state->path, "commands"), *text = NULL;
	struct strings known = read_lines(path), ids = {0}, lines = {0};
	size_t length;
	FILE *to;

	for (size_t i = 0; i < units->count; i++) {
		struct unit *unit = &units->at[i];
		char *line, *file;

		if (unit->skipped)
			continue;
		line = format("%s %016" PRIx64, unit->id, hash_of(&unit->compile));
		file = format("%s/units/%s.cmd.json", state->path, unit->id);
		if (strchr(unit->compile.directory, '\n') || strchr(unit->compile.file, '\n') ||
		    !strings_find(&known, line) || !file_exists(file)) {
			unlink(path); // cut off half-way, nothing is known
			write_command(unit, file);
		}
		strings_add(&ids, unit->id);
		strings_take(&lines, line);
		free(file);
	}
	strings_sort(&ids);
	for (size_t i = 0; i < known.count; i++) {
		char *id = copy_span(known.at[i], 16);

		if (strlen(known.at[i]) == 33 && !strings_find(&ids, id))
			strings_add(&lines, known.at[i]);
		free(id);
	}
	strings_sort(&lines);
	to = open_memstream(&text, &length);
	if (!to)
		fatal("out of memory");
	for (size_t i = 0; i < lines.count; i++)
		fprintf(to, "%s\n", lines.at[i]);
	fclose(to);
	if (file_update(path, text, length) < 0)
		fatal("%s: %s", path, strerror(errno));
	strings_free(&known);
	strings_free(&lines);
	strings_free(&ids);
	free(text);
	free(path);
}

void units_write(struct units *units, const struct state *state, const char *program,
		 const struct options *options)
{
	json_t *models, *keys;

	write_commands(units, state);
	if (!program)
		return;
	models = json_array();
	keys = json_array();
	state_link(state, "unit", program);
	for (size_t i = 0; i < options->models.count; i++) {
		char *name = format("model-%zu.yaml", i);

		state_link(state, name, options->models.at[i]);
		json_array_append_new(models, file_state(options->models.at[i]));
		free(name);
	}
	for (size_t i = 0; i < options->rules.count; i++)
		json_array_append_new(keys, json_string(options->rules.at[i]));
	state_update(state, "options.json",
		     json_pack("{s:o, s:o, s:o, s:I, s:I}", "program", file_state(program), "models", models, "rules",
			       keys, "budget", (json_int_t)options->budget, "timeout", (json_int_t)options->timeout));
}
