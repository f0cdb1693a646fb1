// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "linking.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "complain.h"
#include "files.h"

enum { KEPT = 8 }; // lists of scans; an older one says no more than that there was a scan

bool linking_takes(const struct unit *unit)
{
	return !unit->skipped;
}

void linking_write_list(const struct units *units, const struct state *state)
{
	char *path = path_join(state->path, "link.list"), *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	if (!to)
		fatal("out of memory");
	for (size_t i = 0; i < units->count; i++)
		if (linking_takes(&units->at[i]))
			fprintf(to, "units/%s.facts.json\tunits/%s.import.json\n", units->at[i].id,
				units->at[i].id);
	fclose(to);
	if (file_update(path, text, length) < 0)
		fatal("%s: %s", path, strerror(errno));
	free(text);
	free(path);
}

struct list {
	char *path;
	struct timespec when;
};

static int newest_first(const void *left, const void *right)
{
	const struct list *a = left, *b = right;

	if (a->when.tv_sec != b->when.tv_sec)
		return a->when.tv_sec < b->when.tv_sec ? 1 : -1;
	if (a->when.tv_nsec != b->when.tv_nsec)
		return a->when.tv_nsec < b->when.tv_nsec ? 1 : -1;
	return strcmp(a->path, b->path);
}

static struct list *read_lists(const struct state *state, size_t *count)
{
	char *folder = path_join(state->path, "links");
	DIR *directory = opendir(folder);
	struct list *lists = NULL;
	struct dirent *entry;

	*count = 0;
	while (directory && (entry = readdir(directory))) {
		char *path = path_join(folder, entry->d_name);
		struct stat info;

		if (stat(path, &info) < 0 || !S_ISREG(info.st_mode)) {
			free(path);
			continue;
		}
		lists = reallocate(lists, *count + 1, sizeof(*lists));
		lists[(*count)++] = (struct list){path, info.st_mtim};
	}
	if (directory)
		closedir(directory);
	if (*count)
		qsort(lists, *count, sizeof(*lists), newest_first);
	free(folder);
	return lists;
}

static void free_lists(struct list *lists, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(lists[i].path);
	free(lists);
}

void linking_remember(const struct state *state)
{
	char *path = path_join(state->path, "link.list"), *kept;
	struct list *lists;
	size_t length, count;
	char *text = file_read(path, &length);

	if (!text)
		fatal("%s: %s", path, strerror(errno));
	kept = format("%s/links/%016" PRIx64 ".list", state->path, hash_bytes(HASH_START, text, length));
	if (file_write(kept, text, length) < 0)
		fatal("%s: %s", kept, strerror(errno));
	lists = read_lists(state, &count);
	for (size_t i = KEPT; i < count; i++)
		unlink(lists[i].path);
	free_lists(lists, count);
	free(kept);
	free(text);
	free(path);
}

static struct linked find_scan(const char *id, const struct state *state)
{
	struct linked linked = {0};
	struct list *lists;
	size_t count;

	lists = read_lists(state, &count);
	for (size_t i = 0; i < count && !linked.when; i++) {
		char *text = file_read(lists[i].path, NULL);

		if (text && strstr(text, id)) {
			linked.when = lists[i].when.tv_sec;
			for (const char *at = text; (at = strchr(at, '\n')); at++)
				linked.units++;
		}
		free(text);
	}
	free_lists(lists, count);
	return linked;
}

size_t linking_recall(struct units *units, const struct state *state, struct linked *linked)
{
	size_t count = 0;

	*linked = (struct linked){0};
	for (size_t i = 0; i < units->count; i++) {
		struct unit *unit = &units->at[i];
		char *path = format("%s/units/%s.import.json", state->path, unit->id);

		unit->imports = file_exists(path);
		if (unit->imports && !count++)
			*linked = find_scan(unit->id, state);
		free(path);
	}
	return count;
}

json_t *linking_problems(const struct state *state)
{
	static const char key[] = "\"problems\":";
	char *path = path_join(state->path, "facts.json");
	size_t length;
	char *text = file_read(path, &length);
	// What the tree says may be large, and what could not be read comes first.
	char *at = text ? strstr(text, key) : NULL;
	json_t *problems = NULL;

	if (at) {
		at += strlen(key);
		problems = json_loadb(at, length - (size_t)(at - text), JSON_DISABLE_EOF_CHECK, NULL);
	}
	free(text);
	free(path);
	if (json_is_array(problems))
		return problems;
	json_decref(problems);
	return json_array();
}

json_t *linking_merged(const struct state *state)
{
	char *path = path_join(state->path, "facts.json");
	json_error_t error;
	json_t *merged = json_load_file(path, 0, &error);

	if (!merged)
		fatal("%s:%d: %s", path, error.line, error.text);
	free(path);
	return merged;
}
