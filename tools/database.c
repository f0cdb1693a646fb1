// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "database.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "files.h"

char *database_path(const char *given)
{
	return is_directory(given) ? path_join(given, "compile_commands.json") : copy(given);
}

static bool is_c_source(const char *file)
{
	size_t length = strlen(file);

	return length > 2 && !strcmp(file + length - 2, ".c");
}

char *database_parse(const char *text, size_t length, const char *base, struct compiles *list)
{
	json_error_t error;
	json_t *entries = json_loadb(text, length, 0, &error), *entry;
	char *fault = NULL;
	size_t i;

	if (!entries)
		return format("%d: not a whole compile_commands.json: %s", error.line, error.text);
	if (!json_is_array(entries))
		fault = copy("1: not a compile_commands.json: the outermost value is not an array");
	json_array_foreach(entries, i, entry) {
		struct compile one;
		const char *why;

		if (!compile_from_json(entry, &one, &why)) {
			fault = format(" entry %zu %s", i + 1, why);
			break;
		}
		if (!is_c_source(one.file)) {
			compile_free(&one);
			continue;
		}
		char *directory = path_join(base, one.directory);

		free(one.directory);
		one.directory = directory;
		compiles_take(list, one);
	}
	json_decref(entries);
	return fault;
}

void database_load(const char *path, struct compiles *list)
{
	size_t length;
	char *text = file_read(path, &length), *own, *base, *fault;

	if (!text)
		fatal("%s: %s", path, strerror(errno));
	own = path_parent(path);
	base = path_real(NULL, own);
	fault = database_parse(text, length, base, list);
	if (fault)
		fatal("%s:%s", path, fault);
	free(text);
	free(base);
	free(own);
}
