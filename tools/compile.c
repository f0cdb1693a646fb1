// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile.h"

#include <stdlib.h>

#include "words.h"

void compiles_take(struct compiles *list, struct compile one)
{
	if (list->count == list->room) {
		list->room = list->room ? list->room * 2 : 64;
		list->at = reallocate(list->at, list->room, sizeof(*list->at));
	}
	list->at[list->count++] = one;
}

struct compile compile_copy(const struct compile *from)
{
	struct compile made = {
		.directory = copy(from->directory),
		.file = copy(from->file),
		.output = from->output ? copy(from->output) : NULL,
	};

	strings_add_all(&made.arguments, &from->arguments);
	return made;
}

void compile_free(struct compile *one)
{
	free(one->directory);
	free(one->file);
	free(one->output);
	strings_free(&one->arguments);
	*one = (struct compile){0};
}

void compiles_free(struct compiles *list)
{
	for (size_t i = 0; i < list->count; i++)
		compile_free(&list->at[i]);
	free(list->at);
	*list = (struct compiles){0};
}

json_t *compile_to_json(const struct compile *one)
{
	json_t *arguments = json_array();
	json_t *entry = json_object();
	int bad = 0;

	for (size_t i = 0; i < one->arguments.count; i++)
		bad |= json_array_append_new(arguments, json_string(one->arguments.at[i]));
	bad |= json_object_set_new(entry, "directory", json_string(one->directory));
	bad |= json_object_set_new(entry, "file", json_string(one->file));
	if (one->output)
		bad |= json_object_set_new(entry, "output", json_string(one->output));
	bad |= json_object_set_new(entry, "arguments", arguments);
	if (bad) {
		json_decref(entry);
		return NULL;
	}
	return entry;
}

bool compile_from_json(const json_t *entry, struct compile *one, const char **why)
{
	const char *directory = json_string_value(json_object_get(entry, "directory"));
	const char *file = json_string_value(json_object_get(entry, "file"));
	const char *output = json_string_value(json_object_get(entry, "output"));
	const char *command = json_string_value(json_object_get(entry, "command"));
	const json_t *arguments = json_object_get(entry, "arguments");

	*one = (struct compile){0};
	if (!json_is_object(entry))
		return *why = "is not an object", false;
	if (!file || !*file)
		return *why = "has no \"file\"", false;
	if (!directory)
		return *why = "has no \"directory\"", false;
	if (json_is_array(arguments)) {
		for (size_t i = 0; i < json_array_size(arguments); i++) {
			const char *word = json_string_value(json_array_get(arguments, i));

			if (!word)
				goto not_words;
			strings_add(&one->arguments, word);
		}
	} else if (!command) {
		return *why = "has neither \"command\" nor \"arguments\"", false;
	} else if (!words_split(command, &one->arguments)) {
		strings_free(&one->arguments);
		return *why = "has a \"command\" with an open quote", false;
	}
	if (!one->arguments.count)
		return *why = "has an empty command", false;
	one->directory = copy(directory);
	one->file = copy(file);
	one->output = output ? copy(output) : NULL;
	return true;
not_words:
	strings_free(&one->arguments);
	return *why = "has \"arguments\" that are not all strings", false;
}
