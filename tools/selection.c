// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "selection.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "files.h"
#include "glance.h"
#include "includes.h"
#include "program.h"

// A header that was read: most of them are read again and again.
struct header {
	char *path;
	bool found;
};

struct selection {
	struct strings structs, calls; // what an identifier begins with, sorted, none begins another
	struct strings ends;           // what the name of a struct ends with
	struct header *headers;        // a hash table by path
	size_t count, room;
	struct includes *includes;
	struct glances *glances;       // NULL: nothing is kept
};

static const char *without_underscores(const char *name)
{
	return name + strspn(name, "_");
}

// Keeps of the words that begin with another one only that other one.
static void reduce(struct strings *words)
{
	size_t kept = 0;

	strings_sort(words);
	for (size_t i = 0; i < words->count; i++) {
		const char *last = kept ? words->at[kept - 1] : NULL;

		if (last && !strncmp(words->at[i], last, strlen(last)))
			free(words->at[i]);
		else
			words->at[kept++] = words->at[i];
	}
	words->count = kept;
}

struct selection *selection_from(const struct strings *lines)
{
	struct selection *selection = allocate(sizeof(*selection));

	selection->includes = includes_new();
	for (size_t i = 0; i < lines->count; i++) {
		const char *space = strchr(lines->at[i], ' '), *name = space ? space + 1 : "";
		bool type = !strncmp(lines->at[i], "struct ", 7);

		if (type && name[0] == '*' && name[1])
			strings_add(&selection->ends, name + 1);
		else if ((type || !strncmp(lines->at[i], "call ", 5)) && *name != '*' &&
			 *without_underscores(name))
			strings_add(type ? &selection->structs : &selection->calls,
				    without_underscores(name));
		else
			goto wrong;
	}
	if (!lines->count)
		goto wrong;
	reduce(&selection->structs);
	reduce(&selection->calls);
	return selection;
wrong:
	selection_free(selection);
	return NULL;
}

struct selection *selection_open(const char *program, const struct strings *models, const char *keep)
{
	struct strings lines = program_lines(program, "--list-words", models);
	struct selection *selection = selection_from(&lines);
	uint64_t words = HASH_START;

	if (!selection)
		fatal("%s: does not say which words to look for", program);
	for (size_t i = 0; i < lines.count; i++)
		words = hash_text(words, lines.at[i]);
	selection->glances = glances_open(keep, words);
	strings_free(&lines);
	return selection;
}

// Whether one of the sorted words begins the identifier. Since none of them begins another, it is the last
// that does not come after it.
static bool begins(const struct strings *words, const char *name, size_t length)
{
	size_t low = 0, high = words->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const char *word = words->at[middle];
		size_t least = strlen(word) < length ? strlen(word) : length;
		int order = memcmp(word, name, least);

		if (order < 0 || (!order && strlen(word) <= length))
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return false;

	size_t size = strlen(words->at[low - 1]);

	return size <= length && !memcmp(words->at[low - 1], name, size);
}

static bool ends(const struct strings *words, const char *name, size_t length)
{
	for (size_t i = 0; i < words->count; i++) {
		size_t size = strlen(words->at[i]);

		if (size <= length && !memcmp(words->at[i], name + length - size, size))
			return true;
	}
	return false;
}

static bool is_word(const struct selection *selection, const char *name, size_t length, bool types)
{
	size_t blank = strspn(name, "_");
	const char *plain = name + (blank < length ? blank : length);
	size_t left = length - (size_t)(plain - name);

	return begins(&selection->calls, plain, left) ||
	       (types && (begins(&selection->structs, plain, left) ||
			  ends(&selection->ends, name, length)));
}

static bool file_has(struct selection *selection, const char *path, const struct unit *unit, bool header);

// The header as the table has it; a new one has the value false.
static struct header *remember(struct selection *selection, const char *path, bool *known)
{
	if (selection->count * 2 >= selection->room) {
		struct header *old = selection->headers;
		size_t room = selection->room;

		selection->room = room ? room * 2 : 1024;
		selection->headers = allocate(selection->room * sizeof(*old));
		selection->count = 0;
		for (size_t i = 0; i < room; i++)
			if (old[i].path) {
				bool ignored;

				*remember(selection, old[i].path, &ignored) = old[i];
			}
		free(old);
	}

	size_t at = hash_text(HASH_START, path) & (selection->room - 1);

	while (selection->headers[at].path && strcmp(selection->headers[at].path, path))
		at = (at + 1) & (selection->room - 1);
	*known = selection->headers[at].path;
	if (!*known)
		selection->count++;
	return &selection->headers[at];
}

static bool header_has(struct selection *selection, const char *path, const struct unit *unit, bool macros_alone)
{
	bool known, found;
	struct header *header = remember(selection, path, &known);

	if (known)
		return header->found;
	header->path = copy(path); // and false while it is read, which ends circles
	found = file_has(selection, path, unit, macros_alone);
	remember(selection, path, &known)->found = found; // the table may have moved
	return found;
}

static bool included_has(struct selection *selection, const char *from, const char *name, const struct unit *unit)
{
	size_t length = strlen(name);
	bool source = length > 2 && !strcmp(name + length - 2, ".c");
	const char *path = includes_find(selection->includes, unit, from, name);

	return path && header_has(selection, path, unit, !source);
}

// `at` stands behind the '#'.
static char *included_name(const char *at)
{
	at += strspn(at, " \t");
	if (strncmp(at, "include", 7))
		return NULL;
	at += 7 + strspn(at + 7, " \t");
	if (*at != '"')
		return NULL;
	return copy_span(at + 1, strcspn(at + 1, "\"\n"));
}

static bool text_has(struct selection *selection, const char *text, bool header, struct strings *includes)
{
	bool macro = false, fresh = true; // inside a #define; at the beginning of a line

	for (const char *at = text; *at;) {
		if (isalpha((unsigned char)*at) || *at == '_') {
			const char *name = at;

			while (isalnum((unsigned char)*at) || *at == '_')
				at++;
			if (is_word(selection, name, (size_t)(at - name), !header || macro))
				return true;
			fresh = false;
			continue;
		}
		if (isdigit((unsigned char)*at)) {
			while (isalnum((unsigned char)*at) || *at == '_')
				at++;
			fresh = false;
			continue;
		}
		if (*at == '#' && fresh) {
			char *name = included_name(at + 1);

			if (name)
				strings_take(includes, name);
			at++;
			at += strspn(at, " \t");
			macro = !strncmp(at, "define", 6);
			at += macro ? 6 : 0;
			fresh = false;
			continue;
		}
		if (*at == '\n') {
			macro = macro && at > text && at[-1] == '\\';
			fresh = true;
		} else if (*at != ' ' && *at != '\t') {
			fresh = false;
		}
		at++;
	}
	return false;
}

// False when it cannot be read.
static bool glance(struct selection *selection, const char *path, bool header, bool *has, struct strings *includes)
{
	struct stat state;
	char *text;

	if (stat(path, &state) < 0)
		return false;
	if (selection->glances && glances_find(selection->glances, path, header, &state, has, includes))
		return true;
	text = file_read(path, NULL);
	if (!text)
		return false;
	*has = text_has(selection, text, header, includes);
	free(text);
	if (selection->glances)
		glances_add(selection->glances, path, header, &state, *has, includes);
	return true;
}

static bool file_has(struct selection *selection, const char *path, const struct unit *unit, bool header)
{
	struct strings includes = {0};
	bool found;

	if (!glance(selection, path, header, &found, &includes))
		found = true;
	for (size_t i = 0; i < includes.count && !found; i++)
		found = included_has(selection, path, includes.at[i], unit);
	strings_free(&includes);
	return found;
}

bool selection_wants(struct selection *selection, const struct unit *unit)
{
	char *path = path_plain(unit->compile.directory, unit->compile.file);
	bool found = file_has(selection, path, unit, false);

	free(path);
	return found;
}

size_t selection_apply(struct selection *selection, struct units *units)
{
	size_t count = 0;

	for (size_t i = 0; i < units->count; i++) {
		struct unit *unit = &units->at[i];

		if (unit->skipped || selection_wants(selection, unit))
			continue;
		unit->skipped = unit->aside = true;
		count++;
	}
	return count;
}

void selection_free(struct selection *selection)
{
	for (size_t i = 0; i < selection->room; i++)
		free(selection->headers[i].path);
	free(selection->headers);
	includes_free(selection->includes);
	if (selection->glances)
		glances_close(selection->glances);
	strings_free(&selection->structs);
	strings_free(&selection->calls);
	strings_free(&selection->ends);
	free(selection);
}
