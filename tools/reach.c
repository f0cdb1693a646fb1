// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "reach.h"

#include <stdlib.h>
#include <string.h>

#include "files.h"

#define NOWHERE ((size_t)-1)

struct edge {
	size_t to;  // NOWHERE: it depends on the command's own folders
	char *name;
};

struct file {
	char *path;
	bool known, exists; // whether it exists is known; it does
	bool changed;
	bool read;
	struct edge *edges;
	size_t count;
	size_t visited; // the last command's number, from 1
	bool hit;       // for that command
};

struct reader {
	const struct strings *changed;
	struct strings base; // the folders that every command searches first
	struct file *files;
	size_t count, room;
	size_t *table; // hash table of indices + 1
	size_t slots;
};

static void put(struct reader *reader, size_t index)
{
	size_t at = hash_text(HASH_START, reader->files[index].path) & (reader->slots - 1);

	while (reader->table[at])
		at = (at + 1) & (reader->slots - 1);
	reader->table[at] = index + 1;
}

// Takes the path.
static size_t number_of(struct reader *reader, char *path)
{
	size_t at;

	if (reader->count * 2 >= reader->slots) {
		free(reader->table);
		reader->slots = reader->slots ? reader->slots * 2 : 1024;
		reader->table = allocate(reader->slots * sizeof(*reader->table));
		for (size_t i = 0; i < reader->count; i++)
			put(reader, i);
	}
	at = hash_text(HASH_START, path) & (reader->slots - 1);
	for (; reader->table[at]; at = (at + 1) & (reader->slots - 1)) {
		if (strcmp(reader->files[reader->table[at] - 1].path, path))
			continue;
		free(path);
		return reader->table[at] - 1;
	}
	if (reader->count == reader->room) {
		reader->room = reader->room ? reader->room * 2 : 512;
		reader->files = reallocate(reader->files, reader->room, sizeof(*reader->files));
	}
	reader->files[reader->count] = (struct file){.path = path, .changed = strings_find(reader->changed, path)};
	reader->table[at] = reader->count + 1;
	return reader->count++;
}

static bool exists(struct file *file)
{
	if (!file->known) {
		file->known = true;
		file->exists = file_exists(file->path) && !is_directory(file->path);
	}
	return file->exists;
}

// The file of that name in the first of the folders that has it; one that changed counts as there, since it was or is.
static size_t search(struct reader *reader, const struct strings *folders, size_t from, const char *name)
{
	for (size_t i = from; i < folders->count; i++) {
		size_t number = number_of(reader, path_plain(folders->at[i], name));

		if (reader->files[number].changed || exists(&reader->files[number]))
			return number;
	}
	return NOWHERE;
}

// `at` stands behind the '#'. The name with its quote or bracket in front, or NULL. Caller frees.
static char *included_name(const char *at)
{
	char close;

	at += strspn(at, " \t");
	if (strncmp(at, "include", 7))
		return NULL;
	at += 7;
	if (!strncmp(at, "_next", 5))
		at += 5;
	at += strspn(at, " \t");
	if (*at != '"' && *at != '<')
		return NULL;
	close = *at == '<' ? '>' : '"';
	for (const char *end = at + 1; *end && *end != '\n'; end++)
		if (*end == close)
			return end == at + 1 ? NULL : copy_span(at, (size_t)(end - at));
	return NULL;
}

// Most names are found alike for every command.
static void add_edge(struct reader *reader, size_t from, const char *quoted)
{
	struct edge edge = {.to = NOWHERE};

	if (*quoted == '"') {
		struct strings beside = {0};

		strings_take(&beside, path_parent(reader->files[from].path));
		edge.to = search(reader, &beside, 0, quoted + 1);
		strings_free(&beside);
	}
	if (edge.to == NOWHERE)
		edge.to = search(reader, &reader->base, 0, quoted + 1);
	if (edge.to == NOWHERE)
		edge.name = copy(quoted + 1);

	struct file *file = &reader->files[from];

	file->edges = reallocate(file->edges, file->count + 1, sizeof(*file->edges));
	file->edges[file->count++] = edge;
}

static void read_file(struct reader *reader, size_t index)
{
	char *text = file_read(reader->files[index].path, NULL);

	reader->files[index].read = true;
	for (const char *at = text; at && *at; at++) {
		char *quoted;

		at += strspn(at, " \t");
		quoted = *at == '#' ? included_name(at + 1) : NULL;
		if (quoted)
			add_edge(reader, index, quoted);
		free(quoted);
		at = strchr(at, '\n');
		if (!at)
			break;
	}
	free(text);
}

// What one command reads.
struct walk {
	size_t *files; // indices, each before what it includes alone
	size_t count, room;
};

static void visit(struct reader *reader, struct walk *walk, size_t index, size_t number)
{
	struct file *file = &reader->files[index];

	if (file->visited == number)
		return;
	file->visited = number;
	file->hit = file->changed;
	if (walk->count == walk->room) {
		walk->room = walk->room ? walk->room * 2 : 1024;
		walk->files = reallocate(walk->files, walk->room, sizeof(*walk->files));
	}
	walk->files[walk->count++] = index;
}

static size_t target(struct reader *reader, const struct edge *edge, const struct strings *folders)
{
	return edge->to == NOWHERE ? search(reader, folders, reader->base.count, edge->name) : edge->to;
}

// Visits everything that the files in the walk include, and has them hit when they come to a file that changed.
static void follow(struct reader *reader, struct walk *walk, const struct strings *folders, size_t number)
{
	bool more = true;

	for (size_t i = 0; i < walk->count; i++) {
		const size_t index = walk->files[i];

		if (!reader->files[index].read)
			read_file(reader, index);
		for (size_t e = 0; e < reader->files[index].count; e++) {
			size_t to = target(reader, &reader->files[index].edges[e], folders);

			if (to != NOWHERE)
				visit(reader, walk, to, number);
		}
	}
	// From the end, since who includes stands before most of what it includes.
	while (more) {
		more = false;
		for (size_t i = walk->count; i-- > 0;) {
			const size_t index = walk->files[i];

			for (size_t e = 0; e < reader->files[index].count && !reader->files[index].hit; e++) {
				size_t to = target(reader, &reader->files[index].edges[e], folders);

				if (to != NOWHERE && reader->files[to].hit)
					more = reader->files[index].hit = true;
			}
		}
	}
}

// How a command searches: units that search alike are walked together.
struct command {
	const struct unit *unit;
	size_t index;
	struct strings folders, forced; // absolute
	char *key;
};

// The value of an option that may be a part of its word; NULL for another word.
static const char *value_of(const struct strings *words, size_t *at, const char *option)
{
	const char *word = words->at[*at];
	size_t length = strlen(option);

	if (strncmp(word, option, length))
		return NULL;
	if (word[length])
		return word + length;
	return *at + 1 < words->count ? words->at[++*at] : NULL;
}

static struct command command_of(const struct unit *unit, size_t index)
{
	static const char *const searched[] = {"-I", "-iquote", "-isystem", "-idirafter"};
	const struct strings *words = &unit->compile.arguments;
	struct command command = {.unit = unit, .index = index, .key = copy("")};

	for (size_t i = 0; i < words->count; i++) {
		const char *value = NULL;
		struct strings *to = &command.folders;

		for (size_t s = 0; s < sizeof(searched) / sizeof(*searched) && !value; s++)
			value = value_of(words, &i, searched[s]);
		if (!value && !strcmp(words->at[i], "-include")) {
			value = value_of(words, &i, "-include");
			to = &command.forced;
		}
		if (!value)
			continue;

		char *path = path_plain(unit->compile.directory, value);
		char *longer = format("%s%s%c", command.key, path, to == &command.forced ? '\n' : '\t');

		free(command.key);
		command.key = longer;
		strings_take(to, path);
	}
	return command;
}

static int by_key(const void *left, const void *right)
{
	const struct command *a = left, *b = right;
	int order = strcmp(a->key, b->key);

	return order ? order : (a->index > b->index) - (a->index < b->index);
}

static struct command *commands_of(const struct units *units, struct strings *base)
{
	struct command *commands = allocate(units->count * sizeof(*commands));

	for (size_t i = 0; i < units->count; i++) {
		commands[i] = command_of(&units->at[i], i);
		if (!i)
			strings_add_all(base, &commands[i].folders);
		for (size_t f = 0; f < base->count; f++) {
			if (f < commands[i].folders.count && !strcmp(base->at[f], commands[i].folders.at[f]))
				continue;
			while (base->count > f)
				free(base->at[--base->count]);
		}
	}
	if (units->count)
		qsort(commands, units->count, sizeof(*commands), by_key);
	return commands;
}

static size_t source_of(struct reader *reader, const struct command *command)
{
	return number_of(reader, path_plain(command->unit->compile.directory, command->unit->compile.file));
}

bool *reach(const struct units *units, const struct strings *files)
{
	struct reader reader = {.changed = files};
	struct command *commands = commands_of(units, &reader.base);
	bool *reached = allocate(units->count * sizeof(*reached));
	struct walk walk = {0};

	for (size_t i = 0, end; i < units->count; i = end) {
		bool all = false;

		walk.count = 0;
		for (end = i; end < units->count && !strcmp(commands[i].key, commands[end].key); end++)
			visit(&reader, &walk, source_of(&reader, &commands[end]), i + 1);
		for (size_t f = 0; f < commands[i].forced.count; f++)
			visit(&reader, &walk, number_of(&reader, copy(commands[i].forced.at[f])), i + 1);
		follow(&reader, &walk, &commands[i].folders, i + 1);
		for (size_t f = 0; f < commands[i].forced.count; f++)
			all |= reader.files[number_of(&reader, copy(commands[i].forced.at[f]))].hit;
		for (size_t c = i; c < end; c++)
			reached[commands[c].index] = all || reader.files[source_of(&reader, &commands[c])].hit;
	}
	for (size_t i = 0; i < units->count; i++) {
		strings_free(&commands[i].folders);
		strings_free(&commands[i].forced);
		free(commands[i].key);
	}
	for (size_t i = 0; i < reader.count; i++) {
		for (size_t e = 0; e < reader.files[i].count; e++)
			free(reader.files[i].edges[e].name);
		free(reader.files[i].edges);
		free(reader.files[i].path);
	}
	strings_free(&reader.base);
	free(reader.files);
	free(reader.table);
	free(commands);
	free(walk.files);
	return reached;
}
