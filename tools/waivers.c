// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waivers.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "complain.h"
#include "files.h"
#include "memory.h"
#include "rules.h"
#include "suppressions.h"

struct reader {
	yaml_parser_t parser;
	yaml_event_t event; // the one that is looked at
	bool holds;         // there is one
	char *fault;
};

static bool wrong_at(struct reader *reader, yaml_mark_t mark, char *why)
{
	if (!reader->fault)
		reader->fault = format("%zu:%zu: %s", mark.line + 1, mark.column + 1, why);
	free(why);
	return false;
}

static bool wrong(struct reader *reader, char *why)
{
	return wrong_at(reader, reader->event.start_mark, why);
}

// What is no Unicode has a place in bytes alone.
static yaml_mark_t place_of_byte(const char *text, size_t length, size_t offset)
{
	yaml_mark_t place = {0};

	for (size_t i = 0; i < length && i < offset; i++) {
		place.column++;
		if (text[i] == '\n')
			place.line++, place.column = 0;
	}
	return place;
}

static bool advance(struct reader *reader)
{
	const yaml_parser_t *parser = &reader->parser;

	if (reader->holds)
		yaml_event_delete(&reader->event);
	reader->holds = yaml_parser_parse(&reader->parser, &reader->event);
	if (reader->holds)
		return true;

	yaml_mark_t mark = parser->error == YAML_READER_ERROR
				   ? place_of_byte((const char *)parser->input.string.start,
						   (size_t)(parser->input.string.end - parser->input.string.start),
						   parser->problem_offset)
				   : parser->problem_mark;

	return wrong_at(reader, mark, copy(parser->problem ? parser->problem : "not YAML"));
}

static bool is(const struct reader *reader, yaml_event_type_t type)
{
	return reader->event.type == type;
}

// "suppress:" without anything behind it.
static bool is_nothing(const struct reader *reader)
{
	return is(reader, YAML_SCALAR_EVENT) && reader->event.data.scalar.plain_implicit &&
	       !reader->event.data.scalar.length;
}

static const char *text_at(const struct reader *reader)
{
	return (const char *)reader->event.data.scalar.value;
}

// Takes a text that is not empty.
static bool take_text(struct reader *reader, const char *key, char **to)
{
	if (!is(reader, YAML_SCALAR_EVENT))
		return wrong(reader, format("'%s' is not a text", key));
	if (strlen(text_at(reader)) != reader->event.data.scalar.length)
		return wrong(reader, format("'%s' holds a NUL", key));
	if (!*text_at(reader))
		return wrong(reader, format("'%s' is empty", key));
	*to = copy(text_at(reader));
	return true;
}

static void make_one_line(char *text)
{
	size_t length = strlen(text);

	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < ' ')
			text[i] = ' ';
	while (length && text[length - 1] == ' ')
		text[--length] = '\0';
}

static bool check_file(struct reader *reader, char *file)
{
	while (!strncmp(file, "./", 2))
		memmove(file, file + 2, strlen(file + 2) + 1);
	if (!*file || file[strlen(file) - 1] == '/')
		return wrong(reader, copy("'file' names a folder; its files are FOLDER/*"));
	return true;
}

static bool take_member(struct reader *reader, const char *key, struct waiver *row)
{
	const struct {
		const char *key;
		char **to;
	} members[] = {
		{"file", &row->file},
		{"function", &row->function},
		{"fingerprint", &row->fingerprint},
		{"reason", &row->reason},
	};
	char *rule;

	if (!strcmp(key, "rule")) {
		if (!take_text(reader, key, &rule))
			return false;
		row->rule = rule_find(rule, strlen(rule));
		if (!row->rule)
			wrong(reader, format("unknown rule '%s'", rule));
		free(rule);
		return row->rule;
	}
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		if (strcmp(key, members[i].key))
			continue;
		if (!take_text(reader, key, members[i].to))
			return false;
		if (!strcmp(key, "file"))
			return check_file(reader, row->file);
		if (!strcmp(key, "reason"))
			make_one_line(row->reason);
		if (!strcmp(key, "reason") && !reason_given(row->reason))
			return wrong(reader, copy("'reason' says nothing"));
		return true;
	}
	return wrong(reader, format("unknown key '%s'; a row has rule, file, function, fingerprint, reason", key));
}

static bool has_member(const struct waiver *row, const char *key)
{
	return (!strcmp(key, "rule") && row->rule) || (!strcmp(key, "file") && row->file) ||
	       (!strcmp(key, "function") && row->function) || (!strcmp(key, "fingerprint") && row->fingerprint) ||
	       (!strcmp(key, "reason") && row->reason);
}

// The event is the row's start; afterwards its end.
static bool take_row(struct reader *reader, struct waiver *row)
{
	static const char *const required[] = {"rule", "file", "reason"};
	const yaml_mark_t start = reader->event.start_mark;

	if (!is(reader, YAML_MAPPING_START_EVENT))
		return wrong(reader, copy("a row is a mapping, '- rule: RULE' and so on"));
	row->line = start.line + 1;
	while (advance(reader) && !is(reader, YAML_MAPPING_END_EVENT)) {
		char *key;
		bool good;

		if (!take_text(reader, "a key", &key))
			return false;
		good = has_member(row, key) ? wrong(reader, format("'%s' is there twice", key))
					    : advance(reader) && take_member(reader, key, row);
		free(key);
		if (!good)
			return false;
	}
	if (reader->fault)
		return false;
	for (size_t i = 0; i < sizeof(required) / sizeof(*required); i++)
		if (!has_member(row, required[i]))
			return wrong_at(reader, start, format("the row has no '%s'", required[i]));
	return true;
}

static bool take_rows(struct reader *reader, struct waivers *waivers)
{
	if (is_nothing(reader))
		return true;
	if (!is(reader, YAML_SEQUENCE_START_EVENT))
		return wrong(reader, copy("'suppress' is not a list"));
	while (advance(reader) && !is(reader, YAML_SEQUENCE_END_EVENT)) {
		if (waivers->count == waivers->room) {
			waivers->room = waivers->room ? 2 * waivers->room : 8;
			waivers->at = reallocate(waivers->at, waivers->room, sizeof(*waivers->at));
		}
		waivers->at[waivers->count] = (struct waiver){0};
		if (!take_row(reader, &waivers->at[waivers->count++]))
			return false;
	}
	return !reader->fault;
}

static bool take_document(struct reader *reader, struct waivers *waivers)
{
	bool seen = false;

	if (is_nothing(reader))
		return true;
	if (!is(reader, YAML_MAPPING_START_EVENT))
		return wrong(reader, copy("not a mapping with the key 'suppress'"));
	while (advance(reader) && !is(reader, YAML_MAPPING_END_EVENT)) {
		if (!is(reader, YAML_SCALAR_EVENT) || strcmp(text_at(reader), "suppress"))
			return wrong(reader, is(reader, YAML_SCALAR_EVENT)
						     ? format("unknown key '%s'; there is 'suppress'", text_at(reader))
						     : copy("a key is not a text"));
		if (seen)
			return wrong(reader, copy("'suppress' is there twice"));
		seen = true;
		if (!advance(reader) || !take_rows(reader, waivers))
			return false;
	}
	return !reader->fault;
}

static bool take_stream(struct reader *reader, struct waivers *waivers)
{
	if (!advance(reader) || !advance(reader)) // the stream's start, then the document's
		return false;
	if (is(reader, YAML_STREAM_END_EVENT))
		return true;
	if (!advance(reader) || !take_document(reader, waivers) || !advance(reader) || !advance(reader))
		return false;
	return is(reader, YAML_STREAM_END_EVENT) || wrong(reader, copy("a second document"));
}

bool waivers_parse(const char *text, size_t length, struct waivers *waivers, char **fault)
{
	struct reader reader = {0};

	*waivers = (struct waivers){0};
	if (!yaml_parser_initialize(&reader.parser))
		fatal("out of memory");
	yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, length);
	if (!take_stream(&reader, waivers))
		waivers_free(waivers);
	if (reader.holds)
		yaml_event_delete(&reader.event);
	yaml_parser_delete(&reader.parser);
	*fault = reader.fault;
	return !reader.fault;
}

struct waivers waivers_read(const char *root)
{
	char *path = path_join(root, WAIVERS_FILE), *text, *fault;
	struct waivers waivers = {0};
	size_t length;

	text = file_read(path, &length);
	if (!text && errno != ENOENT)
		fatal("%s: %s", path, strerror(errno));
	if (text && !waivers_parse(text, length, &waivers, &fault))
		fatal("%s:%s", path, fault);
	free(text);
	free(path);
	return waivers;
}

bool waiver_names(const struct waiver *waiver, const char *file)
{
	return !strcmp(waiver->file, file) || !fnmatch(waiver->file, file, FNM_PATHNAME);
}

bool waiver_is_pattern(const struct waiver *waiver)
{
	return waiver->file[strcspn(waiver->file, "*?[\\")];
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

bool waiver_fits(const struct waiver *waiver, const json_t *finding)
{
	return !strcmp(waiver->rule, text_of(finding, "rule")) && waiver_names(waiver, text_of(finding, "file")) &&
	       (!waiver->function || !strcmp(waiver->function, text_of(finding, "function")) ||
		!strcmp(waiver->function, text_of(finding, "door"))) &&
	       (!waiver->fingerprint || !strcmp(waiver->fingerprint, text_of(finding, "fingerprint")));
}

void waivers_free(struct waivers *waivers)
{
	for (size_t i = 0; i < waivers->count; i++) {
		free(waivers->at[i].file);
		free(waivers->at[i].function);
		free(waivers->at[i].fingerprint);
		free(waivers->at[i].reason);
	}
	free(waivers->at);
	*waivers = (struct waivers){0};
}
