// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "excerpts.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "files.h"
#include "printable.h"

struct excerpt_place {
	char *file;
	long line;
};

void excerpts_want(struct excerpts *excerpts, const char *file, long line)
{
	if (!*file || line < 1 || line > INT_MAX)
		return;
	if (excerpts->count == excerpts->room) {
		excerpts->room = excerpts->room ? 2 * excerpts->room : 64;
		excerpts->places = reallocate(excerpts->places, excerpts->room, sizeof(*excerpts->places));
	}
	excerpts->places[excerpts->count++] = (struct excerpt_place){copy(file), line};
}

static int by_line(const void *left, const void *right)
{
	const struct excerpt_place *a = left, *b = right;
	int order = strcmp(a->file, b->file);

	return order ? order : (a->line > b->line) - (a->line < b->line);
}

static bool may_read(const struct excerpts *excerpts, const char *path)
{
	if (path_below(excerpts->root, path))
		return true;
	for (size_t i = 0; excerpts->folders && i < excerpts->folders->count; i++)
		if (path_below(excerpts->folders->at[i], path))
			return true;
	return false;
}

// NULL with *why.
static char *read_source(const struct excerpts *excerpts, const char *file, size_t *length, const char **why)
{
	char *path = path_plain(excerpts->root, file), *text = NULL;
	struct stat info;

	if (!may_read(excerpts, path))
		*why = "outside the tree that was analysed";
	else if (stat(path, &info) < 0)
		*why = strerror(errno);
	else if (!S_ISREG(info.st_mode))
		*why = "not a plain file"; // a pipe would never end
	else if (!(text = file_read(path, length)))
		*why = strerror(errno);
	free(path);
	return text;
}

// A reader of a text from its first line to its last.
struct cursor {
	const char *at, *end;
	long line;
};

static json_t *next_line(struct cursor *cursor)
{
	const char *newline = memchr(cursor->at, '\n', (size_t)(cursor->end - cursor->at));
	const char *end = newline ? newline : cursor->end;
	size_t length = (size_t)(end - cursor->at);
	char *text;
	json_t *made;

	if (length && cursor->at[length - 1] == '\r')
		length--;
	text = printable(cursor->at, length, EXCERPT_WIDTH);
	made = json_string(text);
	free(text);
	cursor->at = newline ? newline + 1 : cursor->end;
	cursor->line++;
	return made;
}

static void skip_to(struct cursor *cursor, long line)
{
	while (cursor->line < line && cursor->at < cursor->end) {
		const char *newline = memchr(cursor->at, '\n', (size_t)(cursor->end - cursor->at));

		cursor->at = newline ? newline + 1 : cursor->end;
		cursor->line++;
	}
}

// The places are of one file, in order.
static json_t *parts_of(const char *text, size_t length, const struct excerpt_place *places, size_t count)
{
	struct cursor cursor = {text, text + length, 1};
	json_t *parts = json_array();

	for (size_t i = 0; i < count;) {
		long first = places[i].line > EXCERPT_AROUND ? places[i].line - EXCERPT_AROUND : 1;
		long last = places[i].line + EXCERPT_AROUND;
		json_t *part;

		// Windows that touch are one.
		for (i++; i < count && places[i].line - EXCERPT_AROUND <= last + 1; i++)
			last = places[i].line + EXCERPT_AROUND;
		skip_to(&cursor, first);
		if (cursor.line != first || cursor.at >= cursor.end)
			break;
		part = json_pack("[I]", (json_int_t)first);
		while (cursor.line <= last && cursor.at < cursor.end)
			json_array_append_new(part, next_line(&cursor));
		json_array_append_new(parts, part);
	}
	return parts;
}

json_t *excerpts_read(struct excerpts *excerpts)
{
	json_t *sources = json_object();

	if (excerpts->count)
		qsort(excerpts->places, excerpts->count, sizeof(*excerpts->places), by_line);
	for (size_t at = 0, end; at < excerpts->count; at = end) {
		const struct excerpt_place *places = excerpts->places + at;
		const char *why = NULL;
		size_t length;
		char *text = read_source(excerpts, places->file, &length, &why);

		for (end = at; end < excerpts->count && !strcmp(excerpts->places[end].file, places->file); end++)
			;
		json_object_set_new(sources, places->file,
				    text ? json_pack("{s:o}", "parts", parts_of(text, length, places, end - at))
					 : json_pack("{s:s}", "fault", why));
		free(text);
	}
	return sources;
}

void excerpts_free(struct excerpts *excerpts)
{
	for (size_t i = 0; i < excerpts->count; i++)
		free(excerpts->places[i].file);
	free(excerpts->places);
	*excerpts = (struct excerpts){0};
}
