// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "kept.h"

#include <stdio.h>
#include <stdlib.h>

#include "complain.h"

static size_t number_of(json_t *numbers, json_t *words, const char *word)
{
	const json_t *known = json_object_get(numbers, word);

	if (known)
		return (size_t)json_integer_value(known);
	json_object_set_new(numbers, word, json_integer((json_int_t)json_array_size(words)));
	json_array_append_new(words, json_string(word));
	return json_array_size(words) - 1;
}

static json_t *pack(const struct compile *one, json_t *numbers, json_t *words)
{
	json_t *entry = compile_to_json(one);
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	if (!to)
		fatal("out of memory");
	for (size_t i = 0; i < one->arguments.count; i++)
		fprintf(to, " %zu", number_of(numbers, words, one->arguments.at[i]));
	fclose(to);
	json_object_set_new(entry, "words", json_string(text));
	json_object_del(entry, "arguments");
	free(text);
	return entry;
}

json_t *kept_pack(const json_t *entries, const json_t *old, json_t *words)
{
	json_t *packed = json_array(), *numbers = json_object(), *entry;
	size_t i;

	json_array_foreach(entries, i, entry) {
		struct compile one;
		const char *why;

		if (!kept_read(entry, old, &one, &why))
			continue; // whoever needs it says so
		json_array_append_new(packed, pack(&one, numbers, words));
		compile_free(&one);
	}
	json_decref(numbers);
	return packed;
}

bool kept_read(const json_t *entry, const json_t *words, struct compile *one, const char **why)
{
	const char *at = json_string_value(json_object_get(entry, "words"));
	const char *directory = json_string_value(json_object_get(entry, "directory"));
	const char *file = json_string_value(json_object_get(entry, "file"));
	const char *output = json_string_value(json_object_get(entry, "output"));

	if (!at)
		return compile_from_json(entry, one, why);
	*one = (struct compile){0};
	if (!file || !directory)
		return *why = "has no \"file\" or no \"directory\"", false;
	while (*at) {
		char *end;
		const char *word = json_string_value(json_array_get(words, strtoul(at, &end, 10)));

		if (end == at || !word) {
			strings_free(&one->arguments);
			return *why = "has a number that is no word's", false;
		}
		strings_add(&one->arguments, word);
		at = end;
	}
	if (!one->arguments.count)
		return *why = "has an empty command", false;
	one->directory = copy(directory);
	one->file = copy(file);
	one->output = output ? copy(output) : NULL;
	return true;
}
