// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "descent.h"

#include <stdlib.h>
#include <string.h>

#include "files.h"

// Takes from `makefile`, of the directory `above`, each "some/where/" that lies below `path`.
static void add_named(const char *makefile, const char *src, const char *above, const char *path,
		      struct strings *paths)
{
	for (const char *at = makefile; *at; at += strspn(at, " \t\n")) {
		size_t length = strcspn(at, " \t\n");

		if (*at == '#') {
			at += strcspn(at, "\n");
			continue;
		}
		if (length > 1 && at[length - 1] == '/' && !memchr(at, '$', length)) {
			char *named = format("%s%s%.*s", above, *above ? "/" : "", (int)length - 1, at);
			const char *below = path_below(path, named);
			char *whole = path_join(src, named);

			if (below && *below && is_directory(whole) && !strings_have(paths, named))
				strings_add(paths, named);
			free(whole);
			free(named);
		}
		at += length;
	}
}

void descent_add(const char *src, struct strings *paths)
{
	size_t given = paths->count;

	for (size_t i = 0; i < given; i++) {
		char *path = copy(paths->at[i]);
		char *above = copy(path);
		char *slash;

		while ((slash = strrchr(above, '/'))) {
			char *makefile, *text;

			*slash = '\0';
			makefile = format("%s/%s/Makefile", src, above);
			text = file_read(makefile, NULL);
			if (text)
				add_named(text, src, above, path, paths);
			free(text);
			free(makefile);
		}
		free(above);
		free(path);
	}
}
