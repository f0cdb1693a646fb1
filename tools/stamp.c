// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stamp.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "complain.h"
#include "files.h"

static uint64_t hash_file_state(uint64_t hash, const char *path)
{
	struct stat info;

	hash = hash_text(hash, path);
	if (stat(path, &info) < 0)
		return hash_text(hash, "absent");
	hash = hash_bytes(hash, &info.st_size, sizeof(info.st_size));
	return hash_bytes(hash, &info.st_mtim, sizeof(info.st_mtim));
}

char *stamp_whole(const struct kernel *kernel, const struct strings *make)
{
	static const char *const patterns[] = {"Makefile", "Kbuild", "scripts/Makefile*",
					       "scripts/Kbuild.include", "arch/*/Makefile"};
	uint64_t hash = HASH_START;
	char *path = path_join(kernel->build, ".config");
	size_t length;
	char *config = file_read(path, &length);

	if (!config)
		fatal("%s: %s", path, strerror(errno));
	hash = hash_bytes(hash, config, length);
	for (size_t i = 0; i < make->count; i++)
		hash = hash_text(hash, make->at[i]);
	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		char *pattern = path_join(kernel->src, patterns[i]);
		glob_t found;

		if (glob(pattern, 0, NULL, &found) == 0) {
			for (size_t j = 0; j < found.gl_pathc; j++)
				hash = hash_file_state(hash, found.gl_pathv[j]);
			globfree(&found);
		}
		free(pattern);
	}
	free(config);
	free(path);
	return format("%016" PRIx64, hash);
}

static bool is_makefile(const char *name)
{
	return !fnmatch("Makefile*", name, 0) || !fnmatch("Kbuild*", name, 0) ||
	       !fnmatch("*.mk", name, 0);
}

// Hashes one directory into `stamps` and, with `deep`, those below it.
static void stamp_one(const char *src, const char *relative, bool deep, json_t *stamps)
{
	char *path = path_join(src, relative);
	DIR *directory = opendir(path);
	struct strings names = {0}, below = {0};
	uint64_t hash = HASH_START;
	struct dirent *entry;

	if (!directory)
		fatal("%s: %s", path, strerror(errno));
	while ((entry = readdir(directory))) {
		const char *name = entry->d_name;

		if (entry->d_type == DT_DIR) {
			if (deep && *name != '.')
				strings_add(&below, name);
		} else if (is_makefile(name) || !fnmatch("*.c", name, 0)) {
			strings_add(&names, name);
		}
	}
	closedir(directory);
	strings_sort(&names);
	for (size_t i = 0; i < names.count; i++) {
		if (is_makefile(names.at[i])) {
			char *makefile = path_join(path, names.at[i]);

			hash = hash_file_state(hash, makefile);
			free(makefile);
		} else {
			hash = hash_text(hash, names.at[i]);
		}
	}

	char *text = format("%016" PRIx64, hash);

	if (json_object_set_new(stamps, relative, json_string(text)) < 0)
		complain("%s: a directory whose name is not UTF-8 is left out", path);
	free(text);
	for (size_t i = 0; i < below.count; i++) {
		char *next = path_join(relative, below.at[i]);

		stamp_one(src, next, true, stamps);
		free(next);
	}
	strings_free(&below);
	strings_free(&names);
	free(path);
}

json_t *stamp_directories(const struct kernel *kernel, const char *path)
{
	json_t *stamps = json_object();
	char *whole = path_join(kernel->src, path);
	bool deep = is_directory(whole);
	char *at = deep ? copy(path) : path_parent(path);

	stamp_one(kernel->src, at, deep, stamps);
	while (strchr(at, '/')) {
		char *up = path_parent(at);

		free(at);
		at = up;
		stamp_one(kernel->src, at, false, stamps);
	}
	free(at);
	free(whole);
	return stamps;
}
