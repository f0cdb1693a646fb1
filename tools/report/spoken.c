// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spoken.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

char *spoken_line(const char *text)
{
	char *one = visible(text), *made = allocate(4 * strlen(one) + 1), *to = made;

	for (const unsigned char *at = (const unsigned char *)one; *at; at++)
		to += *at < 0x80 ? sprintf(to, "%c", *at) : sprintf(to, "\\x%02x", *at);
	free(one);
	return made;
}

json_t *spoken_copy(const json_t *value)
{
	json_t *made, *each;
	const char *key;
	size_t i;

	if (json_is_string(value)) {
		char *text = spoken_line(json_string_value(value));

		made = json_string(text);
		free(text);
		return made;
	}
	if (json_is_array(value)) {
		made = json_array();
		json_array_foreach(value, i, each)
			json_array_append_new(made, spoken_copy(each));
		return made;
	}
	if (!json_is_object(value))
		return json_deep_copy(value);
	made = json_object();
	json_object_foreach((json_t *)(uintptr_t)value, key, each)
		json_object_set_new(made, key, spoken_copy(each));
	return made;
}

// 'NAME' of one of the finding's own functions, or after "calls ".
static bool is_function(const json_t *finding, const char *name, bool called)
{
	return called || !strcmp(name, text_of(finding, "door")) || !strcmp(name, text_of(finding, "function")) ||
	       !strcmp(name, text_of(finding, "teardown"));
}

// As kernel developers write names: foo_read() and struct foo, not in quotes. Caller frees.
static char *spoken(const char *message, const json_t *finding)
{
	char *made = allocate(2 * strlen(message) + 1), *to = made;

	while (*message) {
		const char *end = *message == '\'' ? strchr(message + 1, '\'') : NULL;
		char *name = end ? copy_span(message + 1, (size_t)(end - message - 1)) : NULL;
		bool called = (to - made >= 6 && !memcmp(to - 6, "calls ", 6)) ||
			      (to - made == 8 && !memcmp(made, "Calling ", 8));

		if (name && !strncmp(name, "struct ", 7))
			to += sprintf(to, "%s", name);
		else if (name && *name && is_function(finding, name, called))
			to += sprintf(to, "%s()", name);
		else if (name)
			to += sprintf(to, "'%s'", name);
		else
			*to++ = *message;
		message = name ? end + 1 : message + 1;
		free(name);
	}
	return made;
}

static void speak(json_t *object, const json_t *finding)
{
	char *message = spoken(text_of(object, "message"), finding);

	json_object_set_new(object, "message", json_string(message));
	free(message);
}

json_t *spoken_finding(const json_t *found)
{
	json_t *finding = spoken_copy(found), *note;
	size_t i;

	json_array_foreach(json_object_get(finding, "notes"), i, note)
		if (json_is_object(note))
			speak(note, finding);
	speak(finding, finding);
	return finding;
}
