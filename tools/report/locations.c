// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "locations.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "memory.h"
#include "utf8.h"

// A source with the offsets of its lines; no text where it cannot be read.
struct source {
	char *text;
	size_t length;
	size_t *lines;
	size_t count;
};

struct locations {
	char *root;
	json_t *known; // name -> index
	struct source *sources;
	size_t count;
};

struct locations *locations_open(const char *root)
{
	struct locations *locations = allocate(sizeof(*locations));

	locations->root = copy(root);
	locations->known = json_object();
	return locations;
}

void locations_free(struct locations *locations)
{
	for (size_t i = 0; i < locations->count; i++) {
		free(locations->sources[i].text);
		free(locations->sources[i].lines);
	}
	free(locations->sources);
	free(locations->root);
	json_decref(locations->known);
	free(locations);
}

static void find_lines(struct source *source)
{
	size_t room = 0;

	for (size_t at = 0; at < source->length;) {
		const char *end = memchr(source->text + at, '\n', source->length - at);

		if (source->count == room) {
			room = room ? 2 * room : 1024;
			source->lines = reallocate(source->lines, room, sizeof(*source->lines));
		}
		source->lines[source->count++] = at;
		at = end ? (size_t)(end - source->text) + 1 : source->length;
	}
}

static const struct source *source_of(struct locations *locations, const char *file)
{
	json_t *index = json_object_get(locations->known, file);
	struct source *source;
	char *path;

	if (index)
		return &locations->sources[json_integer_value(index)];
	json_object_set_new(locations->known, file, json_integer((json_int_t)locations->count));
	locations->sources = reallocate(locations->sources, locations->count + 1, sizeof(*locations->sources));
	source = &locations->sources[locations->count++];
	*source = (struct source){0};
	path = path_join(locations->root, file);
	if (!is_directory(path))
		source->text = file_read(path, &source->length);
	free(path);
	if (source->text)
		find_lines(source);
	return source;
}

static size_t word_length(const char *at, size_t left)
{
	size_t length = 0;

	while (length < left && (isalnum((unsigned char)at[length]) || at[length] == '_'))
		length++;
	if (!length && left)
		length = utf8_step(at, left);
	return length ? length : 1;
}

static json_t *region_of(struct locations *locations, const char *file, long long line, long long column)
{
	const struct source *source = source_of(locations, file);
	long long start = column > 0 && column < LLONG_MAX ? column : 1, end = start + 1;

	if (source->text && (size_t)line <= source->count) {
		size_t from = source->lines[line - 1];
		const char *text = source->text + from, *stop = memchr(text, '\n', source->length - from);
		size_t length = stop ? (size_t)(stop - text) : source->length - from, before = (size_t)start - 1;

		if (length && text[length - 1] == '\r')
			length--;
		if (column <= 0) {
			end = (long long)utf8_count(text, length) + 1;
		} else if (before < length) {
			start = (long long)utf8_count(text, before) + 1;
			end = start + (long long)utf8_count(text + before, word_length(text + before, length - before));
		}
	}
	return json_pack("{s:I, s:I, s:I, s:I}", "startLine", (json_int_t)line, "startColumn", (json_int_t)start,
			 "endLine", (json_int_t)line, "endColumn", (json_int_t)end);
}

char *location_uri(const char *path)
{
	// RFC 3986's pchar; a colon would make a scheme of what stands before it.
	static const char plain[] = "-._~/!$&'()*+,;=@";
	char *made = allocate(strlen(path) * 3 + 8), *to = made;

	if (*path == '/')
		to = stpcpy(to, "file://");
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;

		if (c < 0x80 && (isalnum(c) || strchr(plain, c)))
			*to++ = (char)c;
		else
			to += sprintf(to, "%%%02X", c);
	}
	return made;
}

static json_t *artifact_of(const char *file)
{
	char *uri = location_uri(file);
	json_t *artifact = json_pack("{s:s}", "uri", uri);

	// What lies outside the root is named in full.
	if (*file != '/')
		json_object_set_new(artifact, "uriBaseId", json_string("SRCROOT"));
	free(uri);
	return artifact;
}

json_t *location_message(const char *text)
{
	char *whole = utf8_text(text), *made = allocate(strlen(whole) * 2 + 1), *to = made;
	json_t *message;

	for (const char *at = whole; *at; at++) {
		if (*at == '{' || *at == '}')
			*to++ = *at;
		*to++ = *at;
	}
	message = json_pack("{s:s}", "text", made);
	free(made);
	free(whole);
	return message;
}

json_t *location_of_file(const char *file)
{
	return json_pack("{s:{s:o}}", "physicalLocation", "artifactLocation", artifact_of(file));
}

json_t *location_of(struct locations *locations, const json_t *place, const char *message)
{
	const char *file = json_string_value(json_object_get(place, "file"));
	long long line = json_integer_value(json_object_get(place, "line"));
	json_t *location = location_of_file(file ? file : "");

	if (line > 0)
		json_object_set_new(json_object_get(location, "physicalLocation"), "region",
				    region_of(locations, file ? file : "", line,
					      json_integer_value(json_object_get(place, "column"))));
	if (message)
		json_object_set_new(location, "message", location_message(message));
	return location;
}
