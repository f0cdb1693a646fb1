// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "glance.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "complain.h"
#include "files.h"

struct glance {
	char *path;
	bool header, has;
	long long size, seconds, nanoseconds;
	struct strings includes;
};

struct glances {
	char *file;
	uint64_t words;
	struct glance *table; // by path and header
	size_t count, room;
	bool changed;
};

static const char first_line[] = "strongfence glances 1 %016" PRIx64 "\n";

static struct glance *slot_of(const struct glances *glances, const char *path, bool header)
{
	size_t at = (hash_text(HASH_START, path) + header) & (glances->room - 1);

	while (glances->table[at].path &&
	       (strcmp(glances->table[at].path, path) || glances->table[at].header != header))
		at = (at + 1) & (glances->room - 1);
	return &glances->table[at];
}

// Owns what the glance holds; one of the same text gives way.
static void put(struct glances *glances, struct glance glance)
{
	struct glance *slot;

	if (glances->count * 2 >= glances->room) {
		struct glance *old = glances->table;
		size_t room = glances->room;

		glances->room = room ? room * 2 : 1024;
		glances->table = allocate(glances->room * sizeof(*old));
		for (size_t i = 0; i < room; i++)
			if (old[i].path)
				*slot_of(glances, old[i].path, old[i].header) = old[i];
		free(old);
	}
	slot = slot_of(glances, glance.path, glance.header);
	if (slot->path) {
		free(slot->path);
		strings_free(&slot->includes);
	} else {
		glances->count++;
	}
	*slot = glance;
}

// "HEADER HAS SIZE SECONDS NANOSECONDS", then, each behind a tab, the path and what it includes. A line that is not
// of this form is one glance less.
static void read_line(struct glances *glances, char *line)
{
	struct glance glance = {0};
	int header, has, used = 0;

	if (sscanf(line, "%d %d %lld %lld %lld%n", &header, &has, &glance.size, &glance.seconds, &glance.nanoseconds,
		   &used) != 5 ||
	    line[used] != '\t')
		return;
	glance.header = header;
	glance.has = has;
	for (char *at = line + used; at; ) {
		char *end = strchr(at + 1, '\t');

		if (end)
			*end = '\0';
		if (glance.path)
			strings_add(&glance.includes, at + 1);
		else
			glance.path = copy(at + 1);
		at = end;
	}
	put(glances, glance);
}

struct glances *glances_open(const char *file, uint64_t words)
{
	struct glances *glances = allocate(sizeof(*glances));
	char *text = file_read(file, NULL), *head = format(first_line, words);

	glances->file = copy(file);
	glances->words = words;
	if (text && !strncmp(text, head, strlen(head)))
		for (char *line = text + strlen(head), *end; (end = strchr(line, '\n')); line = end + 1) {
			*end = '\0';
			read_line(glances, line);
		}
	free(head);
	free(text);
	return glances;
}

bool glances_find(const struct glances *glances, const char *path, bool header, const struct stat *state, bool *has,
		  struct strings *includes)
{
	const struct glance *glance = glances->room ? slot_of(glances, path, header) : NULL;

	if (!glance || !glance->path || glance->size != (long long)state->st_size ||
	    glance->seconds != (long long)state->st_mtim.tv_sec ||
	    glance->nanoseconds != (long long)state->st_mtim.tv_nsec)
		return false;
	*has = glance->has;
	strings_add_all(includes, &glance->includes);
	return true;
}

static bool plain(const char *name)
{
	return !strpbrk(name, "\t\n");
}

void glances_add(struct glances *glances, const char *path, bool header, const struct stat *state, bool has,
		 const struct strings *includes)
{
	struct glance glance = {
		.header = header,
		.has = has,
		.size = state->st_size,
		.seconds = state->st_mtim.tv_sec,
		.nanoseconds = state->st_mtim.tv_nsec,
	};

	// The clock that stamps files is coarse: what was written just now may change once more and look the same.
	if (state->st_mtim.tv_sec >= time(NULL) - 2)
		return;
	for (size_t i = 0; i < includes->count; i++)
		if (!plain(includes->at[i]))
			return;
	if (!plain(path))
		return;
	glance.path = copy(path);
	strings_add_all(&glance.includes, includes);
	put(glances, glance);
	glances->changed = true;
}

static void write_all(const struct glances *glances)
{
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	if (!to)
		fatal("out of memory");
	fprintf(to, first_line, glances->words);
	for (size_t i = 0; i < glances->room; i++) {
		const struct glance *glance = &glances->table[i];

		if (!glance->path)
			continue;
		fprintf(to, "%d %d %lld %lld %lld\t%s", glance->header, glance->has, glance->size, glance->seconds,
			glance->nanoseconds, glance->path);
		for (size_t j = 0; j < glance->includes.count; j++)
			fprintf(to, "\t%s", glance->includes.at[j]);
		fputc('\n', to);
	}
	fclose(to);
	// Not written, it only takes longer the next time.
	(void)file_write(glances->file, text, length);
	free(text);
}

void glances_close(struct glances *glances)
{
	if (glances->changed)
		write_all(glances);
	for (size_t i = 0; i < glances->room; i++) {
		free(glances->table[i].path);
		strings_free(&glances->table[i].includes);
	}
	free(glances->table);
	free(glances->file);
	free(glances);
}
