// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "includes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"

struct found {
	char *key;  // folder, name and the command's folders
	char *path; // NULL: nowhere
};

struct includes {
	struct found *table;
	size_t count, room;
};

struct includes *includes_new(void)
{
	return allocate(sizeof(struct includes));
}

void includes_free(struct includes *includes)
{
	for (size_t i = 0; i < includes->room; i++) {
		free(includes->table[i].key);
		free(includes->table[i].path);
	}
	free(includes->table);
	free(includes);
}

// The value of the -I at *at, which moves over a value of its own word; NULL when it is no -I.
static const char *folder_at(const struct strings *words, size_t *at)
{
	const char *word = words->at[*at];

	if (strncmp(word, "-I", 2))
		return NULL;
	if (word[2])
		return word + 2;
	return *at + 1 < words->count ? words->at[++*at] : ".";
}

static uint64_t hash_of(const struct unit *unit)
{
	const struct strings *words = &unit->compile.arguments;
	uint64_t hash = hash_text(HASH_START, unit->compile.directory);

	for (size_t i = 0; i < words->count; i++) {
		const char *folder = folder_at(words, &i);

		if (folder)
			hash = hash_text(hash, folder);
	}
	return hash;
}

static struct found *slot_of(const struct includes *includes, const char *key)
{
	size_t at = hash_text(HASH_START, key) & (includes->room - 1);

	while (includes->table[at].key && strcmp(includes->table[at].key, key))
		at = (at + 1) & (includes->room - 1);
	return &includes->table[at];
}

static void grow(struct includes *includes)
{
	struct found *old = includes->table;
	size_t room = includes->room;

	includes->room = room ? room * 2 : 1024;
	includes->table = allocate(includes->room * sizeof(*old));
	for (size_t i = 0; i < room; i++)
		if (old[i].key)
			*slot_of(includes, old[i].key) = old[i];
	free(old);
}

static char *search(const struct unit *unit, const char *beside, const char *name)
{
	const struct strings *words = &unit->compile.arguments;
	char *path = path_plain(beside, name);

	for (size_t i = 0; !file_exists(path) && i < words->count; i++) {
		const char *folder = folder_at(words, &i);
		char *whole;

		if (!folder)
			continue;
		whole = path_plain(unit->compile.directory, folder);
		free(path);
		path = path_plain(whole, name);
		free(whole);
	}
	if (file_exists(path))
		return path;
	free(path);
	return NULL;
}

const char *includes_find(struct includes *includes, const struct unit *unit, const char *from, const char *name)
{
	char *beside = path_parent(from);
	char *key = format("%s\t%s\t%016" PRIx64, beside, name, hash_of(unit));
	struct found *found;

	if (includes->count * 2 >= includes->room)
		grow(includes);
	found = slot_of(includes, key);
	if (found->key) {
		free(key);
	} else {
		includes->count++;
		*found = (struct found){key, search(unit, beside, name)};
	}
	free(beside);
	return found->path;
}
