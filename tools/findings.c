// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "findings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "files.h"
#include "memory.h"

// What readers take for granted: a member that is there has this type.
static const struct {
	const char *key;
	json_type type;
	bool required;
} members[] = {
	{"rule", JSON_STRING, true},	   {"file", JSON_STRING, true},	     {"message", JSON_STRING, true},
	{"fingerprint", JSON_STRING, true}, {"line", JSON_INTEGER, false},    {"column", JSON_INTEGER, false},
	{"severity", JSON_STRING, false},   {"function", JSON_STRING, false}, {"door", JSON_STRING, false},
	{"slot", JSON_STRING, false},	    {"table", JSON_STRING, false},    {"struct", JSON_STRING, false},
	{"teardown", JSON_STRING, false},   {"notes", JSON_ARRAY, false},     {"also", JSON_ARRAY, false},
	{"engines", JSON_ARRAY, false},	    {"bus", JSON_STRING, false},
};

static char *fault_of(const json_t *finding)
{
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		const json_t *member = json_object_get(finding, members[i].key);

		if (!member && members[i].required)
			return format("a finding without '%s'", members[i].key);
		if (member && json_typeof(member) != members[i].type)
			return format("'%s' is of another type", members[i].key);
	}
	return NULL;
}

// A line without a type is a finding.
static bool has_type(const json_t *object, const char *type)
{
	const json_t *said = json_object_get(object, "type");
	const char *word = json_string_value(said);

	return said ? word && !strcmp(word, type) : !strcmp(type, "finding");
}

json_t *findings_parse_type(const char *text, size_t length, const char *type, char **fault)
{
	json_t *findings = json_array();
	size_t number = 0;

	*fault = NULL;
	for (const char *at = text, *end = text + length; at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t size = (size_t)((newline ? newline : end) - at);
		json_error_t error;
		json_t *object;

		number++;
		if (!size || (size == 1 && *at == '\r')) {
			at += size + 1;
			continue;
		}
		object = json_loadb(at, size, 0, &error);
		at += size + !!newline;
		if (!json_is_object(object)) {
			*fault = format("line %zu: %s", number, object ? "not an object" : error.text);
			json_decref(object);
			json_decref(findings);
			return NULL;
		}
		if (!has_type(object, type)) {
			json_decref(object);
			continue;
		}
		char *wrong = fault_of(object);

		if (wrong) {
			*fault = format("line %zu: %s", number, wrong);
			free(wrong);
			json_decref(object);
			json_decref(findings);
			return NULL;
		}
		json_array_append_new(findings, object);
	}
	return findings;
}

json_t *findings_parse(const char *text, size_t length, char **fault)
{
	return findings_parse_type(text, length, "finding", fault);
}

json_t *findings_read(const char *path)
{
	json_t *suppressed, *findings = findings_read_both(path, &suppressed);

	json_decref(suppressed);
	return findings;
}

json_t *findings_read_both(const char *path, json_t **suppressed)
{
	size_t length;
	char *text = file_read(!strcmp(path, "-") ? "/dev/stdin" : path, &length), *fault;
	json_t *findings;

	if (!text)
		fatal("%s: %s", path, strerror(errno));
	findings = findings_parse(text, length, &fault);
	*suppressed = findings ? findings_parse_type(text, length, "suppressed", &fault) : NULL;
	if (!*suppressed)
		fatal("%s: %s; these are no findings that --format json wrote", path, fault);
	free(text);
	return findings;
}
