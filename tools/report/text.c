// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "engines.h"
#include "memory.h"
#include "rules.h"

enum { INDENT = 4 };

struct columns {
	size_t column;   // where the right one begins, the gap included
	size_t wrap;     // longest line in one
	bool processors; // as commit messages draw it: CPU0 and CPU1 above
};

// Of a terminal, and of a mail.
static const struct columns wide = {.column = 46, .wrap = 43}, narrow = {.column = 36, .wrap = 34, .processors = true};

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static long long number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

// Characters, not bytes: the bytes of UTF-8 that continue one take no room.
static size_t width(const char *text, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

// How many bytes of text fit into `room` characters, broken at a blank when there is one.
static size_t fitting(const char *text, size_t room)
{
	size_t last_blank = 0, at = 0, used = 0;

	for (; text[at]; at++) {
		if (((unsigned char)text[at] & 0xc0) != 0x80 && ++used > room)
			break;
		if (text[at] == ' ')
			last_blank = at;
	}
	if (!text[at])
		return at;
	if (text[at] == ' ')
		return at;
	return last_blank ? last_blank : at;
}

static void spaces(FILE *to, size_t count)
{
	fprintf(to, "%*s", (int)count, "");
}

void text_wrapped(FILE *to, const char *text, size_t indent, size_t hang, size_t room)
{
	bool first = true;

	do {
		size_t in = first ? 0 : hang;
		size_t length = fitting(text, room - in);

		spaces(to, indent + in);
		fwrite(text, 1, length, to);
		fputc('\n', to);
		text += length;
		text += strspn(text, " ");
		first = false;
	} while (*text);
}

void text_paragraph(FILE *to, size_t indent, size_t hang, const char *pattern, ...)
{
	char *text;
	va_list args;

	va_start(args, pattern);
	if (vasprintf(&text, pattern, args) < 0)
		abort();
	va_end(args);
	text_wrapped(to, text, indent, hang, TEXT_LINE - indent);
	free(text);
}

static void title_row(FILE *to, const struct columns *columns, const char *left, const char *right)
{
	size_t used = width(left, strlen(left));

	spaces(to, INDENT);
	fputs(left, to);
	spaces(to, used < columns->column - 1 ? columns->column - used : 1);
	fprintf(to, "%s\n", right);
}

static char *title(const char *function, const char *otherwise)
{
	return *function ? format("%s()", function) : copy(otherwise);
}

static char *underline(const char *text)
{
	size_t length = width(text, strlen(text));
	char *line = allocate(length + 1);

	memset(line, '-', length);
	return line;
}

// In the column of a function its name need not be said again.
static char *without_name(char *message, const char *function)
{
	char *name = format("%s() ", function), *rest = message;

	if (*function && !strncmp(message, name, strlen(name))) {
		rest = copy(message + strlen(name));
		if (*rest >= 'a' && *rest <= 'z')
			*rest = (char)(*rest - 'a' + 'A');
		free(message);
	}
	free(name);
	return rest;
}

static void two_columns(FILE *to, const json_t *finding, const struct columns *columns)
{
	const json_t *notes = json_object_get(finding, "notes");
	char *left, *right, *under_left, *under_right;
	json_t *note;
	size_t i;

	if (!json_array_size(notes))
		return;
	left = title(text_of(finding, "door"), "operation");
	right = title(text_of(finding, "teardown"), "unbind");
	under_left = underline(left);
	under_right = underline(right);
	fputc('\n', to);
	if (columns->processors)
		title_row(to, columns, "CPU0", "CPU1");
	title_row(to, columns, left, right);
	title_row(to, columns, under_left, under_right);
	json_array_foreach(notes, i, note) {
		bool unbind = !strcmp(text_of(note, "side"), "unbind");
		char *message = visible(text_of(note, "message"));

		if (columns->processors)
			message = without_name(message, text_of(finding, unbind ? "teardown" : "door"));
		text_wrapped(to, message, INDENT + (unbind ? columns->column : 0), 2, columns->wrap);
		free(message);
	}
	free(under_right);
	free(under_left);
	free(right);
	free(left);
}

void text_interleaving(FILE *to, const json_t *finding)
{
	two_columns(to, finding, &wide);
}

void text_narrow_interleaving(FILE *to, const json_t *finding)
{
	two_columns(to, finding, &narrow);
}

static void place(FILE *to, const json_t *object)
{
	char *file = visible(text_of(object, "file"));

	fprintf(to, "%s:%lld:", file, number_of(object, "line"));
	if (number_of(object, "column"))
		fprintf(to, "%lld:", number_of(object, "column"));
	free(file);
}

static bool same_place(const json_t *a, const json_t *b)
{
	return !strcmp(text_of(a, "file"), text_of(b, "file")) &&
	       number_of(a, "line") == number_of(b, "line") &&
	       number_of(a, "column") == number_of(b, "column");
}

// Of the checkers alone nothing is said: they are the engine as a rule.
static const char *engines_of(const json_t *finding)
{
	if (!engine_cocci(finding))
		return "";
	return engine_clang(finding) ? " (both engines)" : " (spatch)";
}

void text_warning(FILE *to, const json_t *finding)
{
	char *message = visible(text_of(finding, "message"));
	json_t *note;
	size_t i;

	place(to, finding);
	fprintf(to, " warning: %s [%s%s] (%s)%s\n", message, rule_package(text_of(finding, "rule")),
		text_of(finding, "rule"), text_of(finding, "severity"), engines_of(finding));
	free(message);
	json_array_foreach(json_object_get(finding, "notes"), i, note) {
		// The touch itself is the warning already.
		if (same_place(note, finding))
			continue;
		message = visible(text_of(note, "message"));
		place(to, note);
		fprintf(to, " note: %s\n", message);
		free(message);
	}
	json_array_foreach(json_object_get(finding, "also"), i, note) {
		place(to, note);
		fputs(" note: The same\n", to);
	}
}

void text_fingerprint(FILE *to, const json_t *finding)
{
	place(to, finding);
	fprintf(to, " note: Fingerprint %s\n", text_of(finding, "fingerprint"));
}

void text_findings(FILE *to, const json_t *findings)
{
	json_t *finding;
	size_t i;

	json_array_foreach(findings, i, finding) {
		if (i)
			fputc('\n', to);
		text_warning(to, finding);
		text_interleaving(to, finding);
		// What a baseline, a mail and other faces know the finding by.
		if (*text_of(finding, "fingerprint")) {
			fputc('\n', to);
			spaces(to, INDENT);
			fprintf(to, "fingerprint %s\n", text_of(finding, "fingerprint"));
		}
	}
}
