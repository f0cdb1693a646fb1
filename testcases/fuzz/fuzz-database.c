// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// compile_commands.json, and what becomes of its commands: clang's arguments, the form that the state folder keeps. The
// same text is also split as a list of shell commands, as Kbuild prints them.

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"
#include "flags.h"
#include "kept.h"
#include "words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void clean(const struct compile *one)
{
	struct strings arguments = {0};

	flags_clean(&one->arguments, "clang-19", &arguments);
	flags_anchor(&arguments, one->directory, one->file);
	strings_free(&arguments);
}

// What is kept comes back as it was.
static void keep(const struct compile *one)
{
	json_t *entry = compile_to_json(one), *entries = json_pack("[o]", entry), *words = json_array();
	json_t *kept = kept_pack(entries, NULL, words);
	struct compile again;
	const char *why;

	if (!kept_read(json_array_get(kept, 0), words, &again, &why) || strcmp(again.file, one->file) ||
	    strcmp(again.directory, one->directory) || again.arguments.count != one->arguments.count)
		abort();
	for (size_t i = 0; i < again.arguments.count; i++)
		if (strcmp(again.arguments.at[i], one->arguments.at[i]))
			abort();
	compile_free(&again);
	json_decref(kept);
	json_decref(entries);
	json_decref(words);
}

static void count(void *context, const struct strings *words)
{
	*(size_t *)context += words->count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = copy_span((const char *)data, size), *fault;
	struct compiles list = {0};
	size_t words = 0;

	fault = database_parse(text, size, "/build", &list);
	for (size_t i = 0; i < list.count; i++) {
		clean(&list.at[i]);
		keep(&list.at[i]);
	}
	compiles_free(&list);
	words_each_command(text, count, &words);
	free(fault);
	free(text);
	return 0;
}
