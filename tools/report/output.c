// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "complain.h"
#include "files.h"
#include "memory.h"

// A device, a pipe or a link is written where it is; only a plain file is replaced.
static bool replaceable(const char *path)
{
	struct stat info;

	return lstat(path, &info) < 0 ? errno == ENOENT : S_ISREG(info.st_mode);
}

void output_check(const char *path)
{
	char *folder;

	if (!path)
		return;
	if (is_directory(path))
		fatal("%s: a directory, not a file to write to", path);
	folder = path_parent(path);
	if (file_exists(path) ? access(path, W_OK) < 0 : access(folder, W_OK) < 0)
		fatal("%s: %s", path, strerror(errno));
	free(folder);
}

struct output output_open(const char *path)
{
	struct output output = {.stream = stdout};

	if (!path)
		return output;
	output.path = copy(path);
	if (replaceable(path)) {
		output.fresh = format("%s.new", path);
		output.stream = fopen(output.fresh, "w");
	} else {
		output.stream = fopen(path, "w");
	}
	if (!output.stream)
		fatal("%s: %s", path, strerror(errno));
	return output;
}

void output_close(struct output *output)
{
	const char *name = output->path ? output->path : "standard output";
	bool bad = ferror(output->stream);

	errno = 0;
	bad |= output->path ? fclose(output->stream) != 0 : fflush(output->stream) != 0;
	if (!bad && output->fresh)
		bad = rename(output->fresh, output->path) < 0;
	if (bad) {
		int saved = errno ? errno : EIO;

		if (output->fresh)
			unlink(output->fresh);
		fatal("%s: %s; the results were not written", name, strerror(saved));
	}
	free(output->fresh);
	free(output->path);
	*output = (struct output){0};
}

void output_json(FILE *to, const json_t *objects, const char *type)
{
	json_t *object;
	size_t i;

	json_array_foreach(objects, i, object) {
		json_t *whole = json_object();

		if (type)
			json_object_set_new(whole, "type", json_string(type));
		json_object_update(whole, object);
		char *line = json_dumps(whole, JSON_COMPACT);

		if (line)
			fprintf(to, "%s\n", line);
		free(line);
		json_decref(whole);
	}
}
