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

void database_load(const char *path, struct compiles *list)
{
	size_t length;
	char *text = file_read(path, &length);
	json_error_t error;
	json_t *entries;

	if (!text)
		fatal("%s: %s", path, strerror(errno));
	entries = json_loadb(text, length, 0, &error);
	free(text);
	if (!entries)
		fatal("%s:%d: not a whole compile_commands.json: %s", path, error.line, error.text);
	if (!json_is_array(entries))
		fatal("%s:1: not a compile_commands.json: the outermost value is not an array", path);

	char *own = path_parent(path);
	char *base = path_real(NULL, own);
	json_t *entry;
	size_t i;

	json_array_foreach(entries, i, entry) {
		struct compile one;
		const char *why;

		if (!compile_from_json(entry, &one, &why))
			fatal("%s: entry %zu %s", path, i + 1, why);
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
	free(base);
	free(own);
}
