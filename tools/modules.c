// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "modules.h"

#include <stdlib.h>
#include <string.h>

#include "files.h"

char *module_of(const struct unit *unit)
{
	static const char define[] = "-DKBUILD_MODNAME=";
	const char *name = NULL;
	char *whole, *folder, *module;
	bool apart = false;

	for (size_t i = 0; i < unit->compile.arguments.count; i++) {
		const char *word = unit->compile.arguments.at[i];

		if (!strncmp(word, define, strlen(define)))
			name = word + strlen(define);
		else if (!strcmp(word, "-DMODULE"))
			apart = true;
	}
	if (!name)
		return NULL;
	name += strspn(name, "\"");
	if (apart)
		return copy_span(name, strcspn(name, "\""));
	whole = path_plain(unit->compile.directory, unit->compile.file);
	folder = path_parent(whole);
	module = format("%s/%.*s", folder, (int)strcspn(name, "\""), name);
	free(folder);
	free(whole);
	return module;
}

size_t modules_complete(struct units *units)
{
	struct strings wanted = {0};
	size_t count = 0;

	for (size_t i = 0; i < units->count; i++) {
		char *module = units->at[i].skipped ? NULL : module_of(&units->at[i]);

		if (module)
			strings_take(&wanted, module);
	}
	strings_sort(&wanted);
	for (size_t i = 0; i < units->count; i++) {
		struct unit *unit = &units->at[i];
		char *module = unit->aside ? module_of(unit) : NULL;

		if (module && strings_find(&wanted, module)) {
			unit->skipped = false;
			count += !unit->unaffected;
		}
		free(module);
	}
	strings_free(&wanted);
	return count;
}
